using Pipeline.Testing.Kafka;

namespace Pipeline.Buffer.Kafka.Tests;

[Collection(KafkaCollection.Name)]
[Trait("Needs", "Kafka")]
public sealed class KafkaTopicsTests(KafkaCluster cluster)
{
    [KafkaFact]
    public async Task A_missing_topic_is_an_error()
    {
        await using var log = Open("missing");

        var finding = Assert.Single(await log.CheckTopicAsync(new TopicSpec("missing", 2), CancellationToken.None));

        Assert.Equal((TopicFindingSeverity.Error, "topic"), (finding.Severity, finding.Setting));
        Assert.Contains("pipeline topics create", finding.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<EventLogUnavailableException>(async () => await log.OpenAsync(CancellationToken.None));
    }

    [KafkaFact]
    public async Task A_topic_is_created_once_and_one_replica_is_a_warning()
    {
        var spec = Spec(3);
        await using var log = Open(spec.Name);

        Assert.True(await log.EnsureTopicAsync(spec, CancellationToken.None));
        await log.OpenAsync(CancellationToken.None);
        Assert.Equal(3, log.PartitionCount);
        Assert.False(await log.EnsureTopicAsync(spec, CancellationToken.None));
        var finding = Assert.Single(await log.CheckTopicAsync(spec, CancellationToken.None));
        Assert.Equal((TopicFindingSeverity.Warning, "replication.factor"), (finding.Severity, finding.Setting));
    }

    [KafkaFact]
    public async Task A_topic_that_is_too_small_is_an_error_for_each_reason_worst_first()
    {
        var spec = Spec(2) with { MaxMessageBytes = 1_000_000 };
        await TestTopics.CreateAsync(cluster.BootstrapServers, spec);
        await using var log = Open(spec.Name);

        var findings = await log.CheckTopicAsync(spec with { Partitions = 3 }, CancellationToken.None);

        Assert.Equal(
            [(TopicFindingSeverity.Error, "partitions"), (TopicFindingSeverity.Error, "max.message.bytes"), (TopicFindingSeverity.Warning, "replication.factor")],
            findings.Select(finding => (finding.Severity, finding.Setting)));
    }

    [KafkaFact]
    public async Task A_topic_with_too_few_replicas_in_sync_answers_but_is_not_reachable_for_appends()
    {
        var spec = Spec(1) with { MinInSyncReplicas = 2 };
        await TestTopics.CreateAsync(cluster.BootstrapServers, spec);
        await using var log = Open(spec.Name);
        await log.OpenAsync(CancellationToken.None);

        Assert.False(await log.IsReachableAsync(CancellationToken.None));
    }

    [KafkaFact]
    public async Task A_topic_that_no_cluster_of_this_size_can_hold_is_refused_in_words()
    {
        var spec = Spec(1) with { ReplicationFactor = 99 };
        await using var log = Open(spec.Name);

        var refused = await Assert.ThrowsAsync<EventLogUnavailableException>(async () => await log.EnsureTopicAsync(spec, CancellationToken.None));

        Assert.Contains(spec.Name, refused.Message, StringComparison.Ordinal);
    }

    private static TopicSpec Spec(int partitions) => new(TestTopics.NewName(), partitions) { ReplicationFactor = 1, MinInSyncReplicas = 1 };

    private KafkaEventLog Open(string topic) =>
        new(new KafkaBufferOptions { BootstrapServers = cluster.BootstrapServers, Topic = topic }, TimeProvider.System);
}
