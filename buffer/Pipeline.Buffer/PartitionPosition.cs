namespace Pipeline.Buffer;

/// <summary>Where one partition and one group stand.</summary>
/// <param name="Partition">Partition.</param>
/// <param name="FirstOffset">Oldest offset still held.</param>
/// <param name="EndOffset">Offset the next record will get.</param>
/// <param name="CommittedOffset">Next offset the group will read; null when it never committed.</param>
public readonly record struct PartitionPosition(int Partition, long FirstOffset, long EndOffset, long? CommittedOffset)
{
    /// <summary>Where the group reads on: a committed offset that the log does not hold, on either side, means the oldest it holds.</summary>
    public long NextOffset => CommittedOffset is { } committed && committed >= FirstOffset && committed <= EndOffset ? committed : FirstOffset;

    /// <summary>Records not yet committed by the group.</summary>
    public long Lag => EndOffset - NextOffset;

    /// <summary>Records the log deleted before the group read them; a group that never committed has read none.</summary>
    public long ExpiredUnread => Math.Max(0, FirstOffset - (CommittedOffset ?? 0));
}
