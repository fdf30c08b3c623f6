namespace Pipeline.Buffer.Kafka.Tests;

public sealed class TopicRuleTests
{
    private const int MaxMessageBytes = 8 * 1024 * 1024;

    [Theory]
    [InlineData(3, 2, 3, 2, null, null, "")]
    [InlineData(3, 2, 1, 1, "Error", "replication.factor", "expected 3")]
    [InlineData(3, 2, 2, 2, "Error", "replication.factor", "PIPELINE_REPLICATION_FACTOR=2")]
    [InlineData(3, 2, 3, 1, "Error", "min.insync.replicas", "set it to 2")]
    [InlineData(3, 2, 3, 3, "Warning", "min.insync.replicas", "set it to 2")]
    [InlineData(3, 2, 3, 4, "Error", "min.insync.replicas", "no append can succeed; set it to 2")]
    [InlineData(2, 1, 2, 1, "Warning", "min.insync.replicas", "one copy: the loss of one broker can lose acknowledged records; use 3 replicas and set it to 2")]
    [InlineData(2, 1, 2, 2, "Warning", "min.insync.replicas", "stops ingestion; use 3 replicas and set it to 2")]
    [InlineData(2, 1, 3, 1, "Warning", "min.insync.replicas", "set it to 2")]
    [InlineData(1, 1, 1, 1, "Warning", "replication.factor", "use 3")]
    [InlineData(1, 1, 3, 2, null, null, "")]
    public void Copies_are_compared_with_what_was_asked_for(
        short wantedReplicas, int wantedInSync, int replicas, int inSync, string? severity, string? setting, string hint)
    {
        var spec = new TopicSpec("t", 4) { ReplicationFactor = wantedReplicas, MinInSyncReplicas = wantedInSync };

        var findings = TopicRule.Compare(spec, new TopicFacts(4, replicas, inSync, MaxMessageBytes), MaxMessageBytes);

        if (severity is null)
        {
            Assert.Empty(findings);
            return;
        }

        var finding = Assert.Single(findings);
        Assert.Equal((severity, setting), (finding.Severity.ToString(), finding.Setting));
        Assert.Contains(hint, finding.Message, StringComparison.Ordinal);
    }
}
