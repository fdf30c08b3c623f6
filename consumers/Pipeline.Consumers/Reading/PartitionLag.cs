namespace Pipeline.Consumers.Reading;

/// <summary>How far the group is behind in one partition.</summary>
/// <param name="Partition">Partition.</param>
/// <param name="Records">Records not committed.</param>
/// <param name="Age">At most this long ago the oldest of them was appended; zero without any.</param>
internal readonly record struct PartitionLag(int Partition, long Records, TimeSpan Age);
