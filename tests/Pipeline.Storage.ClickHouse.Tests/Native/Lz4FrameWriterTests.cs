using System.Buffers;
using Pipeline.Storage.ClickHouse.Native;

namespace Pipeline.Storage.ClickHouse.Tests.Native;

public sealed class Lz4FrameWriterTests
{
    private const int BlockSize = 256 * 1024;

    [Fact]
    public void An_empty_frame_is_a_header_and_an_end_mark() => Assert.Empty(Lz4Decoder.DecodeFrame(Frame(_ => { })));

    [Theory]
    [InlineData(1)]
    [InlineData(BlockSize - 1)]
    [InlineData(BlockSize)]
    [InlineData(BlockSize + 1)]
    [InlineData((5 * BlockSize) + 7)]
    public void Texts_of_any_length_cross_blocks_and_segments(int length)
    {
        var noise = new byte[length];
        new Random(length).NextBytes(noise);
        var text = Enumerable.Range(0, length).Select(i => (byte)('a' + (i / 3 % 20))).ToArray();

        var decoded = Lz4Decoder.DecodeFrame(Frame(frame =>
        {
            frame.Write(noise);
            frame.Write(text);
        }));

        Assert.Equal([.. noise, .. text], decoded);
    }

    [Fact]
    public void A_frame_that_is_given_up_returns_its_buffers_without_being_completed()
    {
        var frame = new Lz4FrameWriter();
        frame.Write(new byte[3 * BlockSize]);

        frame.Dispose();
    }

    [Fact]
    public void Primitives_cross_a_block_boundary_unharmed()
    {
        var decoded = Lz4Decoder.DecodeFrame(Frame(frame =>
        {
            var writer = new NativeWriter(frame);
            for (var i = 0; i < BlockSize; i++)
            {
                writer.WriteByte(1);
                writer.WriteUInt64(0x0807060504030201);
                writer.WriteVarint(300);
            }
        }));

        Assert.Equal(BlockSize * 11, decoded.Length);
        for (var i = 0; i < decoded.Length; i += 11)
        {
            Assert.True(decoded.AsSpan(i, 11).SequenceEqual<byte>([1, 1, 2, 3, 4, 5, 6, 7, 8, 0xAC, 0x02]));
        }
    }

    private static byte[] Frame(Action<Lz4FrameWriter> write)
    {
        using var frame = new Lz4FrameWriter();
        write(frame);
        var segments = frame.Complete();
        var bytes = segments.SelectMany(segment => segment).ToArray();
        segments.ForEach(segment => ArrayPool<byte>.Shared.Return(segment.Array!));
        return bytes;
    }
}
