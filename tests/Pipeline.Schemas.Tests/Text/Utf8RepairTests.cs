using System.Text;
using Pipeline.Schemas.Text;

namespace Pipeline.Schemas.Tests.Text;

public sealed class Utf8RepairTests
{
    private const int Seed = 20_261_121;

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0 })]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xC0, 0xAF })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xF0, 0x9F, 0x98 })]
    [InlineData(new byte[] { 0xF0, 0x9F, 0x98, 0x80, 0xF0 })]
    public void Bytes_become_what_the_framework_makes_of_them(byte[] bytes) => AssertAsFramework(bytes);

    [Fact]
    public void Pieces_meet_anywhere_in_a_character()
    {
        for (var lead = 4085; lead < 4100; lead++)
        {
            AssertAsFramework([.. Enumerable.Repeat((byte)'a', lead), .. "\U0001F600\u00e4\u20ac"u8, 0xFF, .. "\U0001F600"u8]);
        }
    }

    [Fact]
    public void Random_bytes_become_what_the_framework_makes_of_them()
    {
        var random = new Random(Seed);
        for (var round = 0; round < 200; round++)
        {
            var bytes = new byte[random.Next(12_000)];
            random.NextBytes(bytes);
            AssertAsFramework(bytes);
        }
    }

    private static void AssertAsFramework(byte[] bytes)
    {
        var expected = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes));

        var repaired = new byte[Utf8Repair.LengthOf(bytes)];
        Utf8Repair.Write(bytes, repaired);

        Assert.Equal(expected, repaired);
    }
}
