namespace Pipeline.Buffer.Kafka;

/// <summary>Compares a topic with its specification.</summary>
/// <remarks>
/// An error is a topic that cannot take every record, or holds fewer copies than the operator asked for. Copies that were asked for few are
/// a warning: one replica is right for a laptop, and two must choose between losing records and losing the service.
/// </remarks>
internal static class TopicRule
{
    private const string Replication = "replication.factor";
    private const string MinInSync = "min.insync.replicas";
    private const string MaxBytes = "max.message.bytes";

    /// <summary>The findings, worst first.</summary>
    internal static IReadOnlyList<TopicFinding> Compare(TopicSpec spec, TopicFacts topic, int maxMessageBytes)
    {
        var findings = new List<TopicFinding>();
        if (topic.Partitions < spec.Partitions)
        {
            findings.Add(Error("partitions", $"{spec.Name} has {topic.Partitions} partitions, expected {spec.Partitions}; add them with kafka-topics.sh --alter"));
        }

        if (topic.MaxMessageBytes < maxMessageBytes)
        {
            findings.Add(Error(MaxBytes, $"{spec.Name} takes {topic.MaxMessageBytes} bytes, gateways send up to {maxMessageBytes}; raise it or lower Kafka:MaxMessageBytes"));
        }

        if ((ReplicationError(spec, topic) ?? InSyncError(spec, topic)) is { } error)
        {
            findings.Add(error);
        }
        else if (Risk(spec, topic) is { } warning)
        {
            findings.Add(warning);
        }

        return findings;
    }

    private static TopicFinding? ReplicationError(TopicSpec spec, TopicFacts topic) => topic.Replicas < spec.ReplicationFactor
        ? Error(Replication, $"{spec.Name} has {topic.Replicas} replicas, expected {spec.ReplicationFactor}: acknowledged records have too few copies; add replicas with kafka-reassign-partitions.sh, or accept it with PIPELINE_REPLICATION_FACTOR={topic.Replicas}")
        : null;

    private static TopicFinding? InSyncError(TopicSpec spec, TopicFacts topic) => topic switch
    {
        _ when topic.MinInSyncReplicas > topic.Replicas => Error(
            MinInSync, $"{spec.Name} wants {topic.MinInSyncReplicas} replicas in sync and has {topic.Replicas}: no append can succeed; set it to {Best(topic.Replicas)}"),
        _ when topic.MinInSyncReplicas < spec.MinInSyncReplicas => Error(
            MinInSync, $"{spec.Name} acknowledges with {topic.MinInSyncReplicas} in sync, expected {spec.MinInSyncReplicas}: the loss of a broker can lose acknowledged records; set it to {spec.MinInSyncReplicas}"),
        _ => null,
    };

    private static TopicFinding? Risk(TopicSpec spec, TopicFacts topic) => topic switch
    {
        { Replicas: 1 } => Warning(Replication, $"{spec.Name} has one replica: the loss of its broker loses acknowledged records; use 3"),
        _ when topic.MinInSyncReplicas == topic.Replicas => Warning(
            MinInSync, $"{spec.Name} needs all {topic.Replicas} replicas in sync: the loss of one broker stops ingestion; {Remedy(topic.Replicas)}"),
        { MinInSyncReplicas: 1 } => Warning(
            MinInSync, $"{spec.Name} acknowledges with one copy: the loss of one broker can lose acknowledged records; {Remedy(topic.Replicas)}"),
        _ => null,
    };

    // Two replicas have no good value: both cost something when a broker is lost.
    private static string Remedy(int replicas) => replicas == 2 ? "use 3 replicas and set it to 2" : $"set it to {Best(replicas)}";

    private static int Best(int replicas) => Math.Max(1, replicas - 1);

    private static TopicFinding Error(string setting, string message) => new(TopicFindingSeverity.Error, setting, message);

    private static TopicFinding Warning(string setting, string message) => new(TopicFindingSeverity.Warning, setting, message);
}
