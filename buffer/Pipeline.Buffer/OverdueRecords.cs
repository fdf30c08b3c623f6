namespace Pipeline.Buffer;

/// <summary>Records of one partition that a group should have committed long ago: it is stuck, or nobody runs it any more.</summary>
/// <param name="Group">Consumer group.</param>
/// <param name="Partition">Partition.</param>
/// <param name="FromOffset">First offset the group has not committed.</param>
/// <param name="EndOffset">Offset the next record will get.</param>
/// <param name="OldestAppendedAt">When the first of them was appended.</param>
public sealed record OverdueRecords(string Group, int Partition, long FromOffset, long EndOffset, DateTimeOffset OldestAppendedAt);
