using System.Globalization;
using Confluent.Kafka;
using Pipeline.Testing.Time;

namespace Pipeline.Buffer.Kafka.Tests;

/// <summary>Topics for one test each.</summary>
internal static class TestTopics
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    internal static string NewName() => $"topic-{Guid.CreateVersion7():N}";

    /// <summary>Creates a topic and waits until every partition of it can be used.</summary>
    internal static async Task CreateAsync(string bootstrapServers, TopicSpec spec)
    {
        await using var admin = new KafkaEventLog(new KafkaBufferOptions { BootstrapServers = bootstrapServers, Topic = spec.Name }, TimeProvider.System);
        Assert.True(await admin.EnsureTopicAsync(spec, CancellationToken.None));
        await Until.TrueAsync(string.Create(CultureInfo.InvariantCulture, $"topic {spec.Name}"), Patience, async () =>
        {
            try
            {
                await admin.OpenAsync(CancellationToken.None);
                await admin.ReadPositionsAsync("nobody", CancellationToken.None);
                return true;
            }
            catch (EventLogUnavailableException)
            {
                return false;
            }
        });
    }

    /// <summary>Deletes the head of a partition, as a retention that ran out would.</summary>
    internal static async Task ExpireAsync(string bootstrapServers, string topic, int partition, long belowOffset)
    {
        using var admin = new AdminClientBuilder(new Dictionary<string, string> { ["bootstrap.servers"] = bootstrapServers }).Build();
        await admin.DeleteRecordsAsync([new TopicPartitionOffset(topic, partition, belowOffset)]);
    }
}
