using System.Buffers.Binary;

namespace Pipeline.Gateway.Endpoints;

/// <summary>The frame of a gzip body (RFC 1952): where the deflate stream lies and what the trailer says about it.</summary>
/// <param name="PayloadStart">First byte of the deflate stream.</param>
/// <param name="PayloadLength">Its length when the body is exactly one member.</param>
/// <param name="Checksum">CRC-32 of the content.</param>
/// <param name="ContentLength">Length of the content modulo 2^32.</param>
internal readonly record struct GzipHeader(int PayloadStart, int PayloadLength, uint Checksum, uint ContentLength)
{
    private const int FixedLength = 10;
    private const int TrailerLength = 8;
    private const byte HasHeaderChecksum = 0x02;
    private const byte HasExtra = 0x04;
    private const byte HasName = 0x08;
    private const byte HasComment = 0x10;
    private const byte Reserved = 0xE0;

    /// <summary>Reads the frame; false when the bytes are not gzip.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> body, out GzipHeader header)
    {
        header = default;
        if (body.Length < FixedLength + TrailerLength || body[0] != 0x1F || body[1] != 0x8B || body[2] != 8 || (body[3] & Reserved) != 0)
        {
            return false;
        }

        var flags = body[3];
        var position = FixedLength;
        var end = body.Length - TrailerLength;
        if ((flags & HasExtra) != 0)
        {
            if (position + 2 > end)
            {
                return false;
            }

            position += 2 + BinaryPrimitives.ReadUInt16LittleEndian(body[position..]);
        }

        if (((flags & HasName) != 0 && !TrySkipText(body, end, ref position)) || ((flags & HasComment) != 0 && !TrySkipText(body, end, ref position)))
        {
            return false;
        }

        position += (flags & HasHeaderChecksum) != 0 ? 2 : 0;
        if (position >= end)
        {
            return false;
        }

        header = new GzipHeader(position, end - position, BinaryPrimitives.ReadUInt32LittleEndian(body[end..]), BinaryPrimitives.ReadUInt32LittleEndian(body[(end + 4)..]));
        return true;
    }

    private static bool TrySkipText(ReadOnlySpan<byte> body, int end, ref int position)
    {
        var length = position < end ? body[position..end].IndexOf((byte)0) : -1;
        position += length + 1;
        return length >= 0;
    }
}
