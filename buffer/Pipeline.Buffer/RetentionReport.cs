namespace Pipeline.Buffer;

/// <summary>What one run of the retention did.</summary>
/// <param name="Deleted">Records deleted.</param>
/// <param name="Overdue">Records older than the longest retention that stay because a group has not committed them; empty when all is well.</param>
public sealed record RetentionReport(long Deleted, IReadOnlyList<OverdueRecords> Overdue);
