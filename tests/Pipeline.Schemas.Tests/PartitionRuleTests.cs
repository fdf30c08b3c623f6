using System.Text;

namespace Pipeline.Schemas.Tests;

public sealed class PartitionRuleTests
{
    // Vectors of the Java client's own test (org.apache.kafka.common.utils.UtilsTest).
    [Theory]
    [InlineData("21", -973932308)]
    [InlineData("foobar", -790332482)]
    [InlineData("a-little-bit-long-string", -985981536)]
    [InlineData("a-little-bit-longer-string", -1486304829)]
    [InlineData("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971)]
    [InlineData("abc", 479470107)]
    public void Hash_is_the_java_clients(string key, int expected) =>
        Assert.Equal(expected, (int)PartitionRule.Murmur2(Encoding.UTF8.GetBytes(key)));

    [Fact]
    public void Partition_of_a_trace_is_the_partition_of_its_key()
    {
        var traceId = "4bf92f3577b34da6a3ce929d0e0e4736"u8;

        var ofTrace = PartitionRule.PartitionOf("project-1", traceId, 12);

        Assert.Equal(ofTrace, PartitionRule.PartitionOf(Encoding.UTF8.GetBytes(PartitionRule.KeyOf("project-1", traceId)), 12));
        Assert.InRange(ofTrace, 0, 11);
    }

    [Fact]
    public void Long_ids_are_hashed_too()
    {
        var traceId = Encoding.UTF8.GetBytes(new string('x', 3200));

        Assert.Equal(0, PartitionRule.PartitionOf("project-1", traceId, 1));
    }
}
