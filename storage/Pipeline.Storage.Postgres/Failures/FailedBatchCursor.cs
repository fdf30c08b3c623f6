namespace Pipeline.Storage.Postgres.Failures;

/// <summary>The place behind a row of a listing, where the next page begins.</summary>
/// <param name="FailedAt">The row's time.</param>
/// <param name="Folder">The row's folder.</param>
public sealed record FailedBatchCursor(DateTimeOffset FailedAt, string Folder)
{
    /// <summary>Behind this row.</summary>
    public static FailedBatchCursor Behind(FailedBatchRow row) => new(row.FailedAt, row.Folder);
}
