using Pipeline.Consumers.Committing;

namespace Pipeline.Consumers.Batching;

/// <summary>A batch on its way. Disposing it lets go of one that is not to be stored; storing it does the same.</summary>
internal interface IClosedBatch : IDisposable
{
    /// <summary>Stores the batch, however long that takes, and commits its offsets afterwards.</summary>
    /// <exception cref="OperationCanceledException">The host stops; the batch was not committed and will be read again.</exception>
    Task StoreAsync(OffsetCommitter committer, CancellationToken stopping);
}
