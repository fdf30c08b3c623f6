using System.Globalization;

namespace Pipeline.Storage.EngineHost.Protocol;

/// <summary>Maps the engine's error codes to HTTP statuses as ClickHouse's own server does.</summary>
internal static class EngineErrorRule
{
    private const int Unknown = 1000;

    /// <summary>Reads N of <c>Code: N. DB::Exception: …</c>.</summary>
    internal static int CodeOf(string message)
    {
        const string Prefix = "Code: ";
        var start = message.IndexOf(Prefix, StringComparison.Ordinal);
        if (start < 0)
        {
            return Unknown;
        }

        var digits = message.AsSpan(start + Prefix.Length);
        var end = digits.IndexOfAnyExceptInRange('0', '9');
        return int.TryParse(end < 0 ? digits : digits[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : Unknown;
    }

    internal static int StatusOf(int code) => code switch
    {
        // Syntax, types, names and values that the sender must change.
        6 or 16 or 20 or 26 or 27 or 33 or 38 or 41 or 42 or 43 or 44 or 46 or 47 or 53 or 57 or 62 or 69 or 70 or 72 or 73 or 115 or 117 or 386 => 400,

        // A table or database that does not exist.
        60 or 81 => 404,
        _ => 500,
    };
}
