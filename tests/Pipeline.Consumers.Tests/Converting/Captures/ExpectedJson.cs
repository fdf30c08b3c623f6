using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Pipeline.Consumers.Tests.Converting.Captures;

/// <summary>Compares stored text with an expected JSON value.</summary>
internal static class ExpectedJson
{
    /// <summary>Whether stored text is the value: a string as it is or as JSON, anything else as JSON.</summary>
    internal static bool Matches(JsonElement expected, string? actual)
    {
        if (actual is null)
        {
            return expected.ValueKind == JsonValueKind.Null;
        }

        if (IsDigest(expected, out var digest))
        {
            return DigestOf(actual) == digest || (TryParse(actual, out var text) && text.ValueKind == JsonValueKind.String && Same(expected, text));
        }

        if (expected.ValueKind == JsonValueKind.String && actual == expected.GetString())
        {
            return true;
        }

        return TryParse(actual, out var parsed) && Same(expected, parsed);
    }

    /// <summary>Whether the value is somewhere in the stored text: instrumentations keep the whole request around it.</summary>
    internal static bool IsWithin(JsonElement expected, string? actual) =>
        Matches(expected, actual) || (actual is not null && TryParse(actual, out var parsed) && Anywhere(parsed, one => Same(expected, one)));

    /// <summary>Whether some string in the stored text is, or contains, the text.</summary>
    internal static bool HasText(string text, string? actual) => actual is not null
        && (actual.Contains(text, StringComparison.Ordinal)
            || (TryParse(actual, out var parsed) && Anywhere(parsed, one =>
                one.ValueKind == JsonValueKind.String && (one.GetString()!.Contains(text, StringComparison.Ordinal) || HasText(text, Nested(one))))));

    private static string? Nested(JsonElement one) => one.GetString() is { Length: > 1 } text && text[0] is '{' or '[' ? one.GetString() : null;

    private static bool Same(JsonElement expected, JsonElement actual)
    {
        if (IsDigest(expected, out var digest))
        {
            return actual.ValueKind == JsonValueKind.String && DigestOf(actual.GetString()!) == digest;
        }

        if (expected.ValueKind != actual.ValueKind)
        {
            return false;
        }

        return expected.ValueKind switch
        {
            JsonValueKind.Object => expected.EnumerateObject().Count() == actual.EnumerateObject().Count()
                && expected.EnumerateObject().All(one => actual.TryGetProperty(one.Name, out var other) && Same(one.Value, other)),
            JsonValueKind.Array => expected.GetArrayLength() == actual.GetArrayLength()
                && expected.EnumerateArray().Zip(actual.EnumerateArray()).All(pair => Same(pair.First, pair.Second)),
            JsonValueKind.Number => expected.GetDouble().Equals(actual.GetDouble()),
            JsonValueKind.String => expected.GetString() == actual.GetString(),
            _ => true,
        };
    }

    private static bool Anywhere(JsonElement root, Func<JsonElement, bool> test) => test(root) || root.ValueKind switch
    {
        JsonValueKind.Object => root.EnumerateObject().Any(one => Anywhere(one.Value, test)),
        JsonValueKind.Array => root.EnumerateArray().Any(one => Anywhere(one, test)),
        _ => false,
    };

    private static bool IsDigest(JsonElement expected, out string digest)
    {
        digest = expected.ValueKind == JsonValueKind.Object && expected.TryGetProperty("$sha256_utf8", out var value) ? value.GetString()! : "";
        return digest.Length > 0;
    }

    private static string DigestOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static bool TryParse(string text, out JsonElement parsed)
    {
        try
        {
            parsed = JsonDocument.Parse(text).RootElement;
            return true;
        }
        catch (JsonException)
        {
            parsed = default;
            return false;
        }
    }
}
