using Pipeline.Storage;
using Pipeline.Storage.Batches;
using Pipeline.Testing.Stores;

namespace Pipeline.Consumers.Tests.Simulation.Defects;

/// <summary>The defect: records are marked as seen before they are written, and what was seen is not written again.</summary>
internal sealed class SeenMarkerStore(IStateStore inner, HashSet<Guid> seen) : IStateStore
{
    public IPreparedBatch Prepare(StateBatch batch) => inner.Prepare(batch);

    public ValueTask<InsertResult> InsertAsync(IPreparedBatch batch, CancellationToken cancellationToken)
    {
        var records = ((InMemoryBatch)batch).States.Receipts.Select(receipt => receipt.RecordId).ToList();
        if (records.Count > 0 && records.TrueForAll(seen.Contains))
        {
            return new(InsertResult.Inserted);
        }

        seen.UnionWith(records);
        return inner.InsertAsync(batch, cancellationToken);
    }

    public ValueTask<bool> IsReachableAsync(CancellationToken cancellationToken) => inner.IsReachableAsync(cancellationToken);
}
