using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Pipeline.Buffer.Kafka;

/// <summary>When a topic deletes what nobody read.</summary>
internal static class KafkaExpiry
{
    internal static async Task<RecordLifetime> ReadLifetimeAsync(IAdminClient admin, string topic, TimeSpan timeout)
    {
        try
        {
            var configs = await admin.DescribeConfigsAsync([new ConfigResource { Type = ResourceType.Topic, Name = topic }], new DescribeConfigsOptions { RequestTimeout = timeout });
            return LifetimeOf(name => configs[0].Entries.TryGetValue(name, out var entry) ? entry.Value : null);
        }
        catch (DescribeConfigsException refused) when (refused.Results.Exists(result => result.Error.Code is ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed))
        {
            return RecordLifetime.Unknown($"this client may not read the settings of {topic}; allow it DescribeConfigs");
        }
        catch (KafkaException unreachable)
        {
            throw new EventLogUnavailableException($"Kafka does not tell the settings of {topic}: {unreachable.Message}", unreachable);
        }
    }

    /// <summary>What the effective settings of a topic promise.</summary>
    /// <remarks>Kafka deletes whole segments, whose newest record is older than retention.ms: a record stays at least that long, usually longer.</remarks>
    internal static RecordLifetime LifetimeOf(Func<string, string?> setting)
    {
        if (setting("cleanup.policy") is { } policy && !policy.Contains("delete", StringComparison.Ordinal))
        {
            return RecordLifetime.Unknown($"cleanup.policy is {policy}: records of the same key replace each other");
        }

        if (NumberOf(setting("retention.bytes")) is >= 0 and var bytes)
        {
            return RecordLifetime.Unknown(string.Create(CultureInfo.InvariantCulture, $"retention.bytes is {bytes}: the oldest records go when a partition grows beyond it, whatever their age"));
        }

        return NumberOf(setting("retention.ms")) switch
        {
            null => RecordLifetime.Unknown("the brokers do not tell retention.ms"),
            < 0 => RecordLifetime.Unlimited,
            { } milliseconds => RecordLifetime.Of(TimeSpan.FromMilliseconds(Math.Min(milliseconds, (long)TimeSpan.MaxValue.TotalMilliseconds / 2))),
        };
    }

    /// <summary>Reads one record per partition and returns when each was appended.</summary>
    internal static Dictionary<int, DateTimeOffset> ReadAppendTimes(IConsumer<byte[], byte[]> consumer, string topic, IReadOnlyCollection<PartitionOffset> offsets, TimeSpan timeout, TimeProvider clock)
    {
        var times = new Dictionary<int, DateTimeOffset>();
        var startedAt = clock.GetTimestamp();
        consumer.Assign(offsets.Select(next => new TopicPartitionOffset(topic, next.Partition, next.Offset)));
        while (times.Count < offsets.Count && timeout - clock.GetElapsedTime(startedAt) is { } left && left > TimeSpan.Zero)
        {
            if (consumer.Consume(left) is { Message: not null } result && times.TryAdd(result.Partition.Value, DateTimeOffset.FromUnixTimeMilliseconds(result.Message.Timestamp.UnixTimestampMs)))
            {
                consumer.Pause([result.TopicPartition]);
            }
        }

        return times;
    }

    private static long? NumberOf(string? value) => long.TryParse(value, CultureInfo.InvariantCulture, out var number) ? number : null;
}
