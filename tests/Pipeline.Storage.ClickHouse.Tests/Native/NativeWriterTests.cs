using System.Buffers;
using Pipeline.Storage.ClickHouse.Native;

namespace Pipeline.Storage.ClickHouse.Tests.Native;

public sealed class NativeWriterTests
{
    [Theory]
    [InlineData(0UL, "00")]
    [InlineData(127UL, "7F")]
    [InlineData(128UL, "8001")]
    [InlineData(ulong.MaxValue, "FFFFFFFFFFFFFFFFFF01")]
    public void Varints_take_seven_bits_a_byte(ulong value, string hex) => Assert.Equal(hex, Written(writer => writer.WriteVarint(value)));

    [Fact]
    public void Text_stands_behind_its_length_in_bytes() => Assert.Equal("03C3A462", Written(writer => writer.WriteText("äb")));

    [Fact]
    public void A_uuid_is_two_little_endian_halves_with_the_high_one_first() =>
        Assert.Equal("0706050403020100" + "0F0E0D0C0B0A0908", Written(writer => writer.WriteGuid(Guid.Parse("00010203-0405-0607-0809-0a0b0c0d0e0f"))));

    [Fact]
    public void Numbers_are_little_endian() => Assert.Equal(
        "0201" + "04030201" + "FEFFFFFFFFFFFFFF" + "000000000000F03F",
        Written(writer =>
        {
            writer.WriteUInt16(0x0102);
            writer.WriteUInt32(0x01020304);
            writer.WriteInt64(-2);
            writer.WriteDouble(1);
        }));

    private static string Written(Action<NativeWriter> write)
    {
        using var frame = new Lz4FrameWriter();
        write(new NativeWriter(frame));
        var segments = frame.Complete();
        var bytes = Lz4Decoder.DecodeFrame(segments.SelectMany(segment => segment).ToArray());
        segments.ForEach(segment => ArrayPool<byte>.Shared.Return(segment.Array!));
        return Convert.ToHexString(bytes);
    }
}
