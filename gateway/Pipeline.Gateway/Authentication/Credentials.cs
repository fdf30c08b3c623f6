using System.Text;
using System.Text.Unicode;

namespace Pipeline.Gateway.Authentication;

/// <summary>The two halves of a key as an Authorization header carries them.</summary>
/// <param name="PublicKey">The public key.</param>
/// <param name="Secret">The secret key; null for Bearer.</param>
internal readonly record struct Credentials(string PublicKey, string? Secret)
{
    // Keys are 42 characters; custom ones may be longer, a header of kilobytes is not one.
    private const int MaxHeaderLength = 2048;

    /// <summary>Reads the header; false when it has another form.</summary>
    internal static bool TryParse(string header, out Credentials credentials)
    {
        credentials = default;
        var space = header.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0 || header.Length > MaxHeaderLength)
        {
            return false;
        }

        var scheme = header.AsSpan(0, space);
        var value = header.AsSpan(space + 1).Trim();
        if (scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
        {
            credentials = new Credentials(value.ToString(), null);
            return value.Length > 0;
        }

        return scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) && TryParseBasic(value, out credentials);
    }

    // The text is split on every colon and its first two parts count, as upstream does.
    private static bool TryParseBasic(ReadOnlySpan<char> base64, out Credentials credentials)
    {
        credentials = default;
        Span<byte> bytes = stackalloc byte[MaxHeaderLength];
        if (!Convert.TryFromBase64Chars(base64, bytes, out var length) || !Utf8.IsValid(bytes[..length]))
        {
            return false;
        }

        var parts = Encoding.UTF8.GetString(bytes[..length]).Split(':');
        if (parts.Length < 2 || parts[0].Length == 0 || parts[1].Length == 0)
        {
            return false;
        }

        credentials = new Credentials(parts[0], parts[1]);
        return true;
    }
}
