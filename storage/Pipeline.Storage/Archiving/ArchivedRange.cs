namespace Pipeline.Storage.Archiving;

/// <summary>Offsets of a partition that the archive holds without a gap.</summary>
/// <param name="FromOffset">The first.</param>
/// <param name="ToOffset">Behind the last.</param>
public readonly record struct ArchivedRange(long FromOffset, long ToOffset);
