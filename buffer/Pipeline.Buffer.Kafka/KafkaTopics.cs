using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Pipeline.Buffer.Kafka;

/// <summary>Creates topics and compares them with what the promise needs.</summary>
internal static class KafkaTopics
{
    private const string MinInSyncReplicas = "min.insync.replicas";
    private const string MaxMessageBytes = "max.message.bytes";
    private static readonly TimeSpan VisibleTimeout = TimeSpan.FromSeconds(15);

    internal static TopicMetadata Describe(IAdminClient admin, string topic, TimeSpan timeout)
    {
        try
        {
            var metadata = admin.GetMetadata(topic, timeout).Topics.First(candidate => candidate.Topic == topic);
            return metadata.Error.IsError || metadata.Partitions.Count == 0
                ? throw new EventLogUnavailableException($"topic {topic} cannot be used: {metadata.Error.Reason}; `pipeline topics create` makes it")
                : metadata;
        }
        catch (KafkaException unreachable)
        {
            throw new EventLogUnavailableException($"Kafka does not answer: {unreachable.Error.Reason}", unreachable);
        }
    }

    internal static async ValueTask<bool> EnsureAsync(IAdminClient admin, TopicSpec spec, TimeProvider clock, CancellationToken cancellationToken)
    {
        var topic = new TopicSpecification
        {
            Name = spec.Name,
            NumPartitions = spec.Partitions,
            ReplicationFactor = spec.ReplicationFactor,
            Configs = new Dictionary<string, string>
            {
                [MinInSyncReplicas] = spec.MinInSyncReplicas.ToString(CultureInfo.InvariantCulture),
                [MaxMessageBytes] = spec.MaxMessageBytes.ToString(CultureInfo.InvariantCulture),
                ["retention.ms"] = ((long)spec.Retention.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
                ["unclean.leader.election.enable"] = "false",
            },
        };
        try
        {
            await admin.CreateTopicsAsync([topic]);
            await WaitUntilVisibleAsync(admin, spec.Name, clock, cancellationToken);
            return true;
        }
        catch (CreateTopicsException refused) when (refused.Results.TrueForAll(result => result.Error.Code == ErrorCode.TopicAlreadyExists))
        {
            return false;
        }
        catch (KafkaException refused)
        {
            throw new EventLogUnavailableException($"topic {spec.Name} cannot be created: {refused.Message}", refused);
        }
    }

    internal static async ValueTask<IReadOnlyList<TopicFinding>> CheckAsync(IAdminClient admin, TopicSpec spec, int maxMessageBytes, TimeSpan timeout)
    {
        TopicMetadata topic;
        try
        {
            topic = await Task.Run(() => Describe(admin, spec.Name, timeout));
        }
        catch (EventLogUnavailableException missing)
        {
            return [new TopicFinding(TopicFindingSeverity.Error, "topic", missing.Message)];
        }

        try
        {
            var facts = new TopicFacts(
                topic.Partitions.Count,
                topic.Partitions.Min(partition => partition.Replicas.Length),
                await ReadConfigAsync(admin, spec.Name, MinInSyncReplicas, timeout),
                await ReadConfigAsync(admin, spec.Name, MaxMessageBytes, timeout));
            return TopicRule.Compare(spec, facts, maxMessageBytes);
        }
        catch (DescribeConfigsException refused) when (refused.Results.Exists(result => result.Error.Code is ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed))
        {
            return [new TopicFinding(TopicFindingSeverity.Warning, "configuration", $"{spec.Name} cannot be checked: this client may not read its settings; allow it DescribeConfigs")];
        }
        catch (KafkaException unreachable)
        {
            throw new EventLogUnavailableException($"Kafka does not tell the settings of {spec.Name}: {unreachable.Message}", unreachable);
        }
    }

    /// <summary>Whether any partition has a leader and enough replicas in sync.</summary>
    /// <remarks>Any, not every: while one broker is being replaced, most records can still be taken, and a gateway that is not ready takes none.</remarks>
    internal static async Task<bool> TakesAppendsAsync(IAdminClient admin, string topic, TimeSpan timeout)
    {
        var led = Describe(admin, topic, timeout).Partitions.Where(partition => partition.Leader >= 0).ToList();
        try
        {
            var needed = await ReadConfigAsync(admin, topic, MinInSyncReplicas, timeout);
            return led.Exists(partition => partition.InSyncReplicas.Length >= needed);
        }
        catch (KafkaException)
        {
            // Brokers that answered may forbid this question: then only the appends tell.
            return led.Count > 0;
        }
    }

    private static async Task<int> ReadConfigAsync(IAdminClient admin, string topic, string name, TimeSpan timeout)
    {
        var configs = await admin.DescribeConfigsAsync([new ConfigResource { Type = ResourceType.Topic, Name = topic }], new DescribeConfigsOptions { RequestTimeout = timeout });
        return int.Parse(configs[0].Entries[name].Value, CultureInfo.InvariantCulture);
    }

    // The broker answers before every broker knows the topic and its leaders.
    private static async Task WaitUntilVisibleAsync(IAdminClient admin, string topic, TimeProvider clock, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        while (true)
        {
            try
            {
                if (Describe(admin, topic, VisibleTimeout).Partitions.TrueForAll(partition => partition.Leader >= 0))
                {
                    return;
                }
            }
            catch (EventLogUnavailableException) when (clock.GetElapsedTime(startedAt) < VisibleTimeout)
            {
                // Not everywhere yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), clock, cancellationToken);
        }
    }
}
