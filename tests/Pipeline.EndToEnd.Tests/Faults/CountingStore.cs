using Pipeline.Storage;
using Pipeline.Storage.Batches;

namespace Pipeline.EndToEnd.Tests.Faults;

/// <summary>The store as one member sees it, counted.</summary>
internal sealed class CountingStore(IStateStore store, InsertCounts counts, string member) : IStateStore
{
    public IPreparedBatch Prepare(StateBatch batch) => new CountedBatch(store.Prepare(batch), [.. batch.Receipts.Select(receipt => receipt.RecordId)]);

    public async ValueTask<InsertResult> InsertAsync(IPreparedBatch batch, CancellationToken cancellationToken)
    {
        var counted = (CountedBatch)batch;
        var result = await store.InsertAsync(counted.Inner, cancellationToken);
        if (result.Outcome == InsertOutcome.Inserted)
        {
            counts.Stored(member, counted.Records);
        }
        else
        {
            counts.Failed(result);
        }

        return result;
    }

    public ValueTask<bool> IsReachableAsync(CancellationToken cancellationToken) => store.IsReachableAsync(cancellationToken);
}
