using Pipeline.Storage;
using Pipeline.Storage.Batches;

namespace Pipeline.EndToEnd.Tests.Failures;

/// <summary>Counts the inserts into tables of states; a batch of several tables makes one for each.</summary>
internal sealed class TableInserts(IStateStore inner) : IStateStore
{
    private readonly Dictionary<IPreparedBatch, int> _tables = [];

    internal int Count { get; private set; }

    public IPreparedBatch Prepare(StateBatch batch)
    {
        var prepared = inner.Prepare(batch);
        _tables[prepared] = new[] { batch.Observations.Count, batch.Traces.Count, batch.Scores.Count }.Count(rows => rows > 0);
        return prepared;
    }

    public ValueTask<InsertResult> InsertAsync(IPreparedBatch batch, CancellationToken cancellationToken)
    {
        Count += _tables[batch];
        return inner.InsertAsync(batch, cancellationToken);
    }

    public ValueTask<bool> IsReachableAsync(CancellationToken cancellationToken) => inner.IsReachableAsync(cancellationToken);
}
