using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Pipeline.Storage.Failures;

/// <summary>A small JSON document that carries the SHA-256 of itself: <c>{"sha256":"...","manifest":{...}}</c> and a line feed.</summary>
/// <remarks>Every byte is compared, those of the frame too, so that no change goes unseen.</remarks>
internal static class SealedJson
{
    private const int HashLength = 64;

    internal static byte[] Seal<T>(string name, T value)
    {
        var inner = JsonSerializer.SerializeToUtf8Bytes(value, FailureJson.Options);
        return [.. Encoding.ASCII.GetBytes(Opening(name, HashOf(inner))), .. inner, .. "}\n"u8];
    }

    /// <summary>The bytes of the value, or null when any byte is not what was written.</summary>
    internal static ReadOnlyMemory<byte>? Unseal(string name, ReadOnlyMemory<byte> document)
    {
        var opening = Opening(name, new string('0', HashLength)).Length;
        if (document.Length < opening + 2)
        {
            return null;
        }

        var inner = document[opening..^2];
        var isWhole = document.Span[..opening].SequenceEqual(Encoding.ASCII.GetBytes(Opening(name, HashOf(inner.Span)))) && document.Span[^2..].SequenceEqual("}\n"u8);

        // A bare null would become empty memory, which is a value.
        return isWhole ? inner : default(ReadOnlyMemory<byte>?);
    }

    internal static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static string Opening(string name, string hash) => $"{{\"sha256\":\"{hash}\",\"{name}\":";
}
