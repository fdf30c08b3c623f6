using System.Globalization;
using Pipeline.Buffer;
using Pipeline.Schemas.Records;

namespace Pipeline.Benchmarks;

/// <summary>What sending to and reading from a real broker costs.</summary>
internal sealed class KafkaMeasurement(Results results, string servers)
{
    private const int Partitions = 4;

    /// <summary>Records of one body each that the floor produces; a few seconds' worth.</summary>
    private const int Records = 6000;

    /// <summary>Measures the client alone, with the same bytes.</summary>
    /// <returns>CPU-seconds per million bytes.</returns>
    internal async Task<double> ProduceFloorAsync()
    {
        var topic = await CreateTopicAsync("floor");
        var perRecord = await Median.OfAsync(async () =>
        {
            using var child = await ChildRole.StartAsync("produce", servers, topic, Records.ToString(CultureInfo.InvariantCulture));
            var before = child.CpuSeconds;
            await child.ReadLineAsync();
            return (child.CpuSeconds - before) / Records;
        });
        results.Add("floor: librdkafka produces the same OTLP bytes, LZ4, acks=all", Results.CpuPerMillion, perRecord * 1_000_000 / Bodies.SpansPerBody);
        return perRecord * 1_000_000 / Bodies.Otlp(0).Length;
    }

    /// <summary>Makes a topic of a name of its own.</summary>
    internal async Task<string> CreateTopicAsync(string purpose)
    {
        var topic = $"bench.{purpose}.{Guid.NewGuid().ToString("N")[..8]}";
        await using var log = Roles.Kafka(servers, topic);
        await log.EnsureTopicAsync(new TopicSpec(topic, Partitions) { ReplicationFactor = 1, MinInSyncReplicas = 1 }, CancellationToken.None);
        return topic;
    }

    /// <summary>Measures the consumer up to the insert-ready block: everything but the insert.</summary>
    internal async Task ConsumeAsync(string topic)
    {
        var events = await CountEventsAsync(topic);
        var allocated = 0.0;
        var value = await Median.OfAsync(async () =>
        {
            using var child = await ChildRole.StartAsync("consume", servers, topic, "bench-" + Guid.NewGuid().ToString("N")[..8]);
            var before = child.CpuSeconds;
            await child.ReadLineAsync();
            allocated = await child.AllocatedBytesAsync() / events;
            return (child.CpuSeconds - before) * 1_000_000 / events;
        });
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"consumed {events} spans"));
        results.Add("consumer: Kafka to insert-ready block", Results.CpuPerMillion, value);
        results.Add("consumer: Kafka to insert-ready block, allocated", "bytes per event", allocated);
    }

    private async Task<double> CountEventsAsync(string topic)
    {
        await using var log = Roles.Kafka(servers, topic);
        await log.OpenAsync(CancellationToken.None);
        long events = 0;
        foreach (var position in await log.ReadPositionsAsync("nobody", CancellationToken.None))
        {
            await foreach (var source in log.ReadRangeAsync(position.Partition, position.FirstOffset, position.EndOffset, CancellationToken.None))
            {
                _ = BufferRecordCodec.TryDecode(source.Headers, source.Value, out var record);
                events += record!.EventCount;
            }
        }

        return events;
    }
}
