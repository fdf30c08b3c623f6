using System.Text;
using Pipeline.Schemas.Ids;

namespace Pipeline.Schemas.Tests.Ids;

public sealed class XxHash64Tests
{
    // Values of ClickHouse's xxHash64(), engine 26.5.
    [Theory]
    [InlineData("", 0xEF46DB3751D8E999)]
    [InlineData("abc", 0x44BC2CF5AD770999)]
    public void Hash_is_the_engines(string text, ulong expected) => Assert.Equal(expected, XxHash64.Hash(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Every_length_has_a_hash_of_its_own()
    {
        var text = Encoding.UTF8.GetBytes(new string('a', 100));

        var hashes = Enumerable.Range(0, 100).Select(length => XxHash64.Hash(text.AsSpan(0, length))).ToHashSet();

        Assert.Equal(100, hashes.Count);
    }
}
