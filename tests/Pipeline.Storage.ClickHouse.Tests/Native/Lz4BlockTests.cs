using Pipeline.Storage.ClickHouse.Native;
using Xunit.Abstractions;

namespace Pipeline.Storage.ClickHouse.Tests.Native;

public sealed class Lz4BlockTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_kind_of_bytes_comes_back()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 400; round++)
        {
            var source = Bytes(random, round % 4, round < 40 ? round : random.Next(200_000));

            Assert.Equal(source, Decompress(Compress(source), source.Length));
        }
    }

    [Fact]
    public void Repetitive_text_shrinks()
    {
        var source = System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("the same prompt again and again; ", 2000)));

        Assert.InRange(Compress(source).Length, 1, source.Length / 20);
    }

    private static byte[] Bytes(Random random, int kind, int length)
    {
        var bytes = new byte[length];
        switch (kind)
        {
            case 0: random.NextBytes(bytes); break;
            case 1: Array.Fill(bytes, (byte)'a'); break;
            case 2:
                for (var i = 0; i < length; i++)
                {
                    bytes[i] = (byte)random.Next(4);
                }

                break;
            default:
                for (var i = 0; i < length; i++)
                {
                    bytes[i] = (byte)(i % (1 + (length / 7)));
                }

                break;
        }

        return bytes;
    }

    private static byte[] Compress(byte[] source)
    {
        var destination = new byte[Lz4Block.MaxCompressedLength(source.Length)];
        return destination[..Lz4Block.Compress(source, destination, new int[Lz4Block.TableSize])];
    }

    // A plain decoder from the format's description, so that the encoder is not checked against itself.
    private static byte[] Decompress(byte[] block, int length)
    {
        var result = new List<byte>(length);
        for (var position = 0; position < block.Length;)
        {
            var token = block[position++];
            var literals = ReadLength(block, ref position, token >> 4);
            result.AddRange(block.AsSpan(position, literals));
            position += literals;
            if (position == block.Length)
            {
                break;
            }

            var offset = block[position] | (block[position + 1] << 8);
            position += 2;
            for (var copy = ReadLength(block, ref position, token & 15) + 4; copy > 0; copy--)
            {
                result.Add(result[^offset]);
            }
        }

        return [.. result];
    }

    private static int ReadLength(byte[] block, ref int position, int length)
    {
        if (length == 15)
        {
            byte more;
            do
            {
                more = block[position++];
                length += more;
            }
            while (more == 255);
        }

        return length;
    }
}
