using Pipeline.Testing.Kafka;

namespace Pipeline.Buffer.Kafka.Tests;

/// <summary>One broker for the collection; each test uses a topic of its own.</summary>
public sealed class KafkaFixture : IAsyncLifetime
{
    private KafkaCluster? _cluster;

    public KafkaCluster Cluster => _cluster ?? throw new InvalidOperationException("Kafka is not available; mark the test with [KafkaFact]");

    public async Task InitializeAsync()
    {
        if (KafkaCluster.IsAvailable)
        {
            _cluster = await KafkaCluster.StartAsync();
        }
    }

    public async Task DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    public KafkaBufferOptions Options(string topic) => new() { BootstrapServers = Cluster.BootstrapServers, Topic = topic };

    public async Task<KafkaEventLog> OpenAsync(int partitions)
    {
        var topic = "test." + Guid.CreateVersion7().ToString("N");
        var log = new KafkaEventLog(Options(topic), TimeProvider.System);
        await log.EnsureTopicAsync(new TopicSpec(topic, partitions) { ReplicationFactor = 1, MinInSyncReplicas = 1 }, CancellationToken.None);
        await log.OpenAsync(CancellationToken.None);
        return log;
    }
}
