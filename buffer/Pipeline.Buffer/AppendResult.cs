namespace Pipeline.Buffer;

/// <summary>What became of one append.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">The offset, when appended; otherwise -1.</param>
/// <param name="Reason">For the operator's log when not appended; never shown to clients.</param>
public readonly record struct AppendResult(AppendOutcome Outcome, int Partition, long Offset, string? Reason)
{
    /// <summary>The log holds the record.</summary>
    public static AppendResult Appended(int partition, long offset) => new(AppendOutcome.Appended, partition, offset, null);

    /// <summary>The log does not hold the record, or may not.</summary>
    public static AppendResult Failed(AppendOutcome outcome, int partition, string reason) => new(outcome, partition, -1, reason);
}
