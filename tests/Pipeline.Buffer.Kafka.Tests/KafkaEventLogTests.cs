using Pipeline.Testing.Buffer;
using Pipeline.Testing.Kafka;

namespace Pipeline.Buffer.Kafka.Tests;

[Collection(KafkaCollection.Name)]
[KafkaBackend]
[Trait("Needs", "Kafka")]
public sealed class KafkaEventLogTests(KafkaCluster cluster) : EventLogContractTests
{
    protected override bool IsGapless => false;

    // The least that a broker allows by default.
    protected override TimeSpan MemberTimeout { get; } = TimeSpan.FromSeconds(6);

    protected override async Task<IEventLog> OpenAsync(int partitions)
    {
        var spec = new TopicSpec(TestTopics.NewName(), partitions) { ReplicationFactor = 1, MinInSyncReplicas = 1 };
        await TestTopics.CreateAsync(cluster.BootstrapServers, spec);
        return await OpenAgainAsync(spec.Name);
    }

    protected override IEventLog Create(string topic) => new KafkaEventLog(
        new KafkaBufferOptions
        {
            BootstrapServers = cluster.BootstrapServers,
            Topic = topic,
            MaxMessageBytes = MaxRecordBytes,
            SessionTimeout = MemberTimeout,

            // A member learns of a rebalance by its heartbeat; the default of 3 s would be most of these tests' time.
            Consumer = { ["heartbeat.interval.ms"] = "200" },
        },
        TimeProvider.System);

    protected override Task ExpireAsync(string topic, int partition, long belowOffset) => TestTopics.ExpireAsync(cluster.BootstrapServers, topic, partition, belowOffset);

    protected override long BufferedBytesOf(IEventLogReader reader) => ((KafkaLogReader)reader).BufferedBytes;
}
