using Pipeline.Storage;

namespace Pipeline.Testing.Stores;

/// <summary>What becomes of one insert.</summary>
/// <param name="Result">What the caller is told.</param>
/// <param name="StoresRows">Whether the rows are stored all the same: the answer may be lost, not the insert.</param>
/// <param name="Latency">How long it takes.</param>
public readonly record struct InsertPlan(InsertResult Result, bool StoresRows, TimeSpan Latency)
{
    /// <summary>Whether the rows are stored before the latency, so that a caller that dies meanwhile leaves them behind.</summary>
    public bool StoresEarly { get; init; }

    /// <summary>Stored at once.</summary>
    public static readonly InsertPlan Stored = new(InsertResult.Inserted, true, TimeSpan.Zero);

    /// <summary>Not stored.</summary>
    public static InsertPlan Failed(InsertOutcome outcome, int code = 0) => new(new InsertResult(outcome, code, "scripted"), false, TimeSpan.Zero);
}
