using Pipeline.Storage.Batches;
using Pipeline.Storage.States;

namespace Pipeline.Storage;

/// <summary>A copy of a batch as it was when it was prepared.</summary>
internal sealed class InMemoryBatch : IPreparedBatch
{
    internal InMemoryBatch(StateBatch batch)
    {
        Observations = [.. batch.Observations.Select(state => Merged(null, state))];
        Traces = [.. batch.Traces.Select(state => Merged(null, state))];
        Scores = [.. batch.Scores.Select(state => Merged(null, state))];
        Rejected = [.. batch.Rejected];
        Accounts = [.. batch.Accounts];
        Receipts = [.. batch.Receipts];
        RowCount = batch.RowCount;
    }

    /// <inheritdoc />
    public int RowCount { get; }

    /// <inheritdoc />
    public long ByteCount => RowCount;

    internal bool IsDisposed { get; private set; }

    internal ObservationState[] Observations { get; }

    internal TraceState[] Traces { get; }

    internal ScoreState[] Scores { get; }

    internal RejectedEvent[] Rejected { get; }

    internal AccountReport[] Accounts { get; }

    internal Receipt[] Receipts { get; }

    /// <inheritdoc />
    public void Dispose() => IsDisposed = true;

    /// <summary>A new state merged from one or two others, which stay as they are.</summary>
    internal static ObservationState Merged(ObservationState? held, ObservationState state)
    {
        var copy = new ObservationState(state.Key, state.CreatedAtMicros);
        copy.MergeFrom(state);
        if (held is not null)
        {
            copy.MergeFrom(held);
        }

        return copy;
    }

    /// <inheritdoc cref="Merged(ObservationState?, ObservationState)" />
    internal static TraceState Merged(TraceState? held, TraceState state)
    {
        var copy = new TraceState(state.Key, state.CreatedAtMicros);
        copy.MergeFrom(state);
        if (held is not null)
        {
            copy.MergeFrom(held);
        }

        return copy;
    }

    /// <inheritdoc cref="Merged(ObservationState?, ObservationState)" />
    internal static ScoreState Merged(ScoreState? held, ScoreState state)
    {
        var copy = new ScoreState(state.Key, state.CreatedAtMicros);
        copy.MergeFrom(state);
        if (held is not null)
        {
            copy.MergeFrom(held);
        }

        return copy;
    }
}
