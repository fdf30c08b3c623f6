using Pipeline.Consumers.Batching;
using Pipeline.Consumers.Committing;
using Pipeline.Storage;

namespace Pipeline.Consumers.Inserting;

/// <summary>An encoded batch of the writer.</summary>
internal sealed class ClosedTraceBatch(BatchSummary summary, IPreparedBatch prepared, BatchStorer storer) : IClosedBatch
{
    public Task StoreAsync(OffsetCommitter committer, CancellationToken stopping) => storer.StoreAsync(summary, prepared, committer, stopping);

    public void Dispose() => prepared.Dispose();
}
