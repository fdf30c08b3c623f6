namespace Pipeline.Buffer;

/// <summary>What a topic should be.</summary>
/// <param name="Name">Topic name.</param>
/// <param name="Partitions">Partition count; 12 divides evenly among 1, 2, 3, 4, 6 and 12 consumers.</param>
public sealed record TopicSpec(string Name, int Partitions)
{
    /// <summary>Replicas of each partition.</summary>
    /// <value>3.</value>
    public short ReplicationFactor { get; init; } = 3;

    /// <summary>Replicas that must have a record before it is acknowledged.</summary>
    /// <value>2: one broker may be lost without losing the promise or the service.</value>
    public int MinInSyncReplicas { get; init; } = 2;

    /// <summary>Largest record in bytes.</summary>
    /// <value>8 MiB: the largest REST body (4.5 MB) as one event, with room for the envelope.</value>
    public int MaxMessageBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>How long records are kept.</summary>
    /// <value>7 days: twice the longest outage we plan for, plus the drain.</value>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(7);
}
