namespace Pipeline.Storage.Postgres.Failures;

/// <summary>What a sync of the index did.</summary>
/// <param name="IsFull">Whether all objects were listed.</param>
/// <param name="From">Earliest hour that was listed; null for all.</param>
/// <param name="Batches">Batches found.</param>
/// <param name="Damaged">Of these, damaged.</param>
/// <param name="Removed">Rows taken out because their objects are gone.</param>
public sealed record FailedBatchSyncReport(bool IsFull, DateTimeOffset? From, long Batches, long Damaged, long Removed);
