using Pipeline.Buffer;
using Pipeline.Consumers.Batching;
using Pipeline.Consumers.Committing;

namespace Pipeline.Consumers.Archiving;

/// <summary>A cut of the archive on its way.</summary>
internal sealed class ClosedArchiveBatch(IReadOnlyList<BufferedRecord> records, ArchiveStorer storer) : IClosedBatch
{
    public Task StoreAsync(OffsetCommitter committer, CancellationToken stopping) => storer.StoreAsync(records, committer, stopping);

    public void Dispose()
    {
        // Nothing but memory that the collector takes.
    }
}
