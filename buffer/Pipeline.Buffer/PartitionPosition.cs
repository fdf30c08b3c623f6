namespace Pipeline.Buffer;

/// <summary>Where one partition and one group stand.</summary>
/// <param name="Partition">Partition.</param>
/// <param name="FirstOffset">Oldest offset still held.</param>
/// <param name="EndOffset">Offset the next record will get.</param>
/// <param name="CommittedOffset">Next offset the group will read; null when it never committed.</param>
public readonly record struct PartitionPosition(int Partition, long FirstOffset, long EndOffset, long? CommittedOffset)
{
    /// <summary>Records not yet committed by the group.</summary>
    public long Lag => Math.Max(0, EndOffset - Math.Max(FirstOffset, CommittedOffset ?? FirstOffset));
}
