namespace Pipeline.Storage;

/// <summary>What became of an insert.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="Code">The store's own error code; 0 when it gave none.</param>
/// <param name="Reason">What the store said, for the operator's log, without content of rows.</param>
public readonly record struct InsertResult(InsertOutcome Outcome, int Code, string? Reason)
{
    /// <summary>Every row is confirmed.</summary>
    public static readonly InsertResult Inserted = new(InsertOutcome.Inserted, 0, null);

    /// <summary>Table that was not inserted into; null when the store did not get so far.</summary>
    public string? Table { get; init; }

    /// <summary>What is wrong with the row, when the insert held only one.</summary>
    public RowBlame Blame { get; init; } = RowBlame.None;
}
