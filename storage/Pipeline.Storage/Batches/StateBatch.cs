using Pipeline.Storage.States;

namespace Pipeline.Storage.Batches;

/// <summary>What one insert stores: folded states first, then rejected events and accounts, and the receipts last.</summary>
/// <remarks>
/// A receipt is the promise that everything before it is stored; a store that cannot insert all tables atomically must keep that order.
/// </remarks>
public sealed class StateBatch
{
    /// <summary>Observation states, one per identity.</summary>
    public List<ObservationState> Observations { get; } = [];

    /// <summary>Trace states, one per identity.</summary>
    public List<TraceState> Traces { get; } = [];

    /// <summary>Score states, one per identity.</summary>
    public List<ScoreState> Scores { get; } = [];

    /// <summary>Events that could not become states.</summary>
    public List<RejectedEvent> Rejected { get; } = [];

    /// <summary>Gateways' own counts.</summary>
    public List<AccountReport> Accounts { get; } = [];

    /// <summary>Receipts of the records the batch was made from.</summary>
    public List<Receipt> Receipts { get; } = [];

    /// <summary>Rows over all tables.</summary>
    public int RowCount => Observations.Count + Traces.Count + Scores.Count + Rejected.Count + Accounts.Count + Receipts.Count;
}
