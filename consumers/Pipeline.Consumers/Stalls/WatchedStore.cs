using Pipeline.Storage;
using Pipeline.Storage.Batches;

namespace Pipeline.Consumers.Stalls;

/// <summary>A store that tells a member's watch when it is waited for.</summary>
/// <param name="store">The store.</param>
/// <param name="watch">The member's watch.</param>
/// <param name="insertLimit">Longer than any insert that still moves.</param>
/// <param name="pauseLimit">Longer than any pause between two attempts.</param>
internal sealed class WatchedStore(IStateStore store, MemberWatch watch, TimeSpan insertLimit, TimeSpan pauseLimit) : IStateStore
{
    public IPreparedBatch Prepare(StateBatch batch) => store.Prepare(batch);

    public async ValueTask<InsertResult> InsertAsync(IPreparedBatch batch, CancellationToken cancellationToken)
    {
        watch.Waits("inserting", insertLimit);
        var result = await store.InsertAsync(batch, cancellationToken);
        if (result.Outcome == InsertOutcome.Inserted)
        {
            watch.WaitEnded("done with an insert");
        }
        else
        {
            watch.Waits("waiting for the next attempt to insert", pauseLimit);
        }

        return result;
    }

    public ValueTask<bool> IsReachableAsync(CancellationToken cancellationToken) => store.IsReachableAsync(cancellationToken);
}
