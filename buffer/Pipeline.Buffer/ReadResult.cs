namespace Pipeline.Buffer;

/// <summary>What one read returned.</summary>
/// <param name="Records">The records; empty when none came in time.</param>
/// <param name="FlushRequested">Partitions are being taken away: store and commit what you hold now instead of waiting for a fuller batch.</param>
public readonly record struct ReadResult(IReadOnlyList<BufferedRecord> Records, bool FlushRequested);
