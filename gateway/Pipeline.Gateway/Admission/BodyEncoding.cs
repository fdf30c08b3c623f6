namespace Pipeline.Gateway.Admission;

/// <summary>How the bytes of a JSON body begin, before they are read as UTF-8.</summary>
internal static class BodyEncoding
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private static ReadOnlySpan<byte> LittleEndianMark => [0xFF, 0xFE];

    private static ReadOnlySpan<byte> BigEndianMark => [0xFE, 0xFF];

    internal static ReadOnlyMemory<byte> WithoutByteOrderMark(ReadOnlyMemory<byte> body) => body.Span.StartsWith(ByteOrderMark) ? body[3..] : body;

    /// <summary>Whether a body without the mark of UTF-8 is UTF-16 or UTF-32: by their marks, or by the zeros beside a leading ASCII character.</summary>
    internal static bool IsWide(ReadOnlySpan<byte> body) =>
        body.IndexOf((byte)0) is 0 or 1 || body.StartsWith(LittleEndianMark) || body.StartsWith(BigEndianMark);
}
