namespace Pipeline.Storage.Failures;

/// <summary>Finds failed batches without listing the failure store. Derived from it, so that it can be lost and made anew.</summary>
public interface IFailedBatchIndex
{
    /// <summary>The manifest of a batch; null when there is none, or none that can be read.</summary>
    ValueTask<FailedBatchManifest?> FindAsync(Guid batchId, CancellationToken cancellationToken);

    /// <summary>Follows an attempt that was written beside the batch.</summary>
    ValueTask AttemptedAsync(Guid batchId, ReplayAttempt attempt, CancellationToken cancellationToken);
}
