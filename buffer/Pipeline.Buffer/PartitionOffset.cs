namespace Pipeline.Buffer;

/// <summary>An offset in a partition.</summary>
/// <param name="Partition">Partition.</param>
/// <param name="Offset">Offset.</param>
public readonly record struct PartitionOffset(int Partition, long Offset);
