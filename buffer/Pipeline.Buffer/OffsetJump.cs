namespace Pipeline.Buffer;

/// <summary>A reader could not go on where its group stood, and began at the oldest record the log still holds. Never a jump to the end.</summary>
/// <param name="Partition">Partition.</param>
/// <param name="FromOffset">Next offset it should have read; null when the group has no committed offset there.</param>
/// <param name="ToOffset">Where it reads on: the oldest offset the log holds.</param>
/// <param name="EndOffset">Offset the next record will get.</param>
public sealed record OffsetJump(int Partition, long? FromOffset, long ToOffset, long EndOffset)
{
    /// <summary>Records that expired before the group read them.</summary>
    public long Lost => Math.Max(0, ToOffset - (FromOffset ?? 0));

    /// <summary>Whether the group stood behind the log's end: the topic was made anew, or its end was cut off. What it holds is read again.</summary>
    public bool IsBack => FromOffset > EndOffset;
}
