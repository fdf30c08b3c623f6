using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace Pipeline.Gateway.Admission;

/// <summary>Reads a trace or span id in each of the forms that clients give it in OTLP/JSON (contract 2.1).</summary>
/// <remarks>
/// Hex text as the specification says, base64 as Protobuf's own JSON has it, an array of bytes, or <c>{"type":"Buffer","data":[..]}</c> as
/// Node.js writes a buffer. Text of hex digits alone is hex, whatever its length.
/// </remarks>
internal static class OtlpJsonId
{
    private const int MaxBase64Length = 24;

    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);

    /// <summary>Reads the current value and passes over it.</summary>
    /// <param name="walk">At the value.</param>
    /// <param name="id">Receives the bytes; 16 of them.</param>
    /// <returns>How many bytes; 0 when the value is no id.</returns>
    internal static int Read(ref JsonWalk walk, scoped Span<byte> id)
    {
        switch (walk.Reader.TokenType)
        {
            case JsonTokenType.String:
                var text = walk.Name();
                return text.ContainsAnyExcept(HexDigits) ? OfBase64(text, id) : OfHex(text, id);
            case JsonTokenType.StartArray: return OfArray(ref walk, id);
            case JsonTokenType.StartObject: return OfBuffer(ref walk, id);
            default: return 0;
        }
    }

    private static int OfHex(ReadOnlySpan<byte> text, Span<byte> id) =>
        text.Length <= id.Length * 2 && Convert.FromHexString(text, id, out _, out var length) == OperationStatus.Done ? length : 0;

    private static int OfBase64(ReadOnlySpan<byte> text, Span<byte> id)
    {
        if (text.Length > MaxBase64Length)
        {
            return 0;
        }

        Span<byte> url = stackalloc byte[MaxBase64Length];
        Span<byte> bytes = stackalloc byte[MaxBase64Length];
        text.CopyTo(url);
        url = url[..text.Length].TrimEnd((byte)'=');
        url.Replace((byte)'+', (byte)'-');
        url.Replace((byte)'/', (byte)'_');
        if (Base64Url.DecodeFromUtf8(url, bytes, out _, out var length) != OperationStatus.Done || length is not (OtlpFields.TraceIdLength or OtlpFields.SpanIdLength))
        {
            return 0;
        }

        bytes[..length].CopyTo(id);
        return length;
    }

    // Languages without unsigned bytes count from -128.
    private static int OfArray(ref JsonWalk walk, scoped Span<byte> id)
    {
        var length = 0;
        var isId = true;
        while (walk.Reader.Read() && walk.Reader.TokenType != JsonTokenType.EndArray)
        {
            if (isId && length < id.Length && walk.Reader.TokenType == JsonTokenType.Number && walk.Reader.TryGetInt32(out var value) && value is >= sbyte.MinValue and <= byte.MaxValue)
            {
                id[length++] = unchecked((byte)value);
            }
            else
            {
                isId = false;
                walk.SkipValue(int.MaxValue);
            }
        }

        return isId ? length : 0;
    }

    private static int OfBuffer(ref JsonWalk walk, scoped Span<byte> id)
    {
        var length = 0;
        while (walk.Reader.Read() && walk.Reader.TokenType != JsonTokenType.EndObject)
        {
            var isData = walk.Name().SequenceEqual("data"u8);
            walk.Reader.Read();
            if (isData && walk.Reader.TokenType == JsonTokenType.StartArray)
            {
                length = OfArray(ref walk, id);
            }
            else
            {
                walk.SkipValue(int.MaxValue);
            }
        }

        return length;
    }
}
