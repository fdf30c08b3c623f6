namespace Pipeline.Storage.Failures;

/// <summary>Records of one partition: from the first to the last offset, of which some may be missing.</summary>
/// <param name="Topic">Topic.</param>
/// <param name="Partition">Partition.</param>
/// <param name="FirstOffset">Smallest offset.</param>
/// <param name="LastOffset">Largest offset.</param>
/// <param name="Records">How many records of the range it is.</param>
public sealed record SourceRange(string Topic, int Partition, long FirstOffset, long LastOffset, int Records);
