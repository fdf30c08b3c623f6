using System.Buffers.Binary;

namespace Pipeline.Storage.ClickHouse.Tests.Native;

/// <summary>A plain reader of LZ4 frames and blocks that checks every rule of the format the engine's own decoder relies on.</summary>
internal static class Lz4Decoder
{
    private const int MinMatch = 4;
    private const int LastLiterals = 5;
    private const int FrameHeaderSize = 7;

    internal static byte[] DecodeFrame(ReadOnlySpan<byte> frame)
    {
        Assert.Equal(0x184D2204u, BinaryPrimitives.ReadUInt32LittleEndian(frame));
        Assert.Equal((byte)(XxHash32(frame[4..6]) >> 8), frame[6]);

        var maxBlock = 1 << (8 + (2 * (frame[5] >> 4)));
        var output = new List<byte>();
        var rest = frame[FrameHeaderSize..];
        while (true)
        {
            var header = BinaryPrimitives.ReadUInt32LittleEndian(rest);
            rest = rest[sizeof(uint)..];
            if (header == 0)
            {
                Assert.True(rest.IsEmpty, "bytes behind the end mark");
                return [.. output];
            }

            var size = (int)(header & 0x7FFF_FFFF);
            var block = header >> 31 == 1 ? rest[..size].ToArray() : DecodeBlock(rest[..size]);
            Assert.InRange(block.Length, 1, maxBlock);
            output.AddRange(block);
            rest = rest[size..];
        }
    }

    internal static byte[] DecodeBlock(ReadOnlySpan<byte> block)
    {
        var output = new List<byte>();
        var position = 0;
        while (true)
        {
            var token = block[position++];
            var literals = Length(block, ref position, token >> 4);
            output.AddRange(block.Slice(position, literals));
            position += literals;
            if (position == block.Length)
            {
                Assert.Equal(0, token & 15);
                return [.. output];
            }

            var offset = BinaryPrimitives.ReadUInt16LittleEndian(block[position..]);
            position += sizeof(ushort);
            Assert.InRange(offset, 1, output.Count);
            var match = Length(block, ref position, token & 15) + MinMatch;
            for (var i = 0; i < match; i++)
            {
                output.Add(output[^offset]);
            }

            Assert.True(block.Length - position > LastLiterals, "a block must end with at least five literals");
        }
    }

    private static int Length(ReadOnlySpan<byte> block, ref int position, int length)
    {
        if (length < 15)
        {
            return length;
        }

        byte more;
        do
        {
            more = block[position++];
            length += more;
        }
        while (more == byte.MaxValue);
        return length;
    }

    // For inputs below 16 bytes only; the frame header's two need no more.
    private static uint XxHash32(ReadOnlySpan<byte> bytes)
    {
        const uint Prime1 = 2654435761, Prime2 = 2246822519, Prime3 = 3266489917, Prime5 = 374761393;
        var hash = Prime5 + (uint)bytes.Length;
        foreach (var value in bytes)
        {
            hash = uint.RotateLeft(hash + (value * Prime5), 11) * Prime1;
        }

        hash = (hash ^ (hash >> 15)) * Prime2;
        hash = (hash ^ (hash >> 13)) * Prime3;
        return hash ^ (hash >> 16);
    }
}
