namespace Pipeline.Storage.Failures;

/// <summary>The batches that no replay has stored yet, by looking into the failure store itself.</summary>
public static class WaitingBatches
{
    // A look costs a request or two for each batch before the first that waits; replayed ones that were not purged could be very many.
    private const int MaxLooks = 5_000;

    /// <summary>When the oldest batch that waits was given up.</summary>
    /// <returns>Null when none waits, or none of the first thousands does.</returns>
    /// <exception cref="ObjectStores.ObjectStoreException">The object store does not answer.</exception>
    public static async Task<DateTimeOffset?> FindOldestAsync(FailureStore failures, CancellationToken cancellationToken)
    {
        var looks = 0;
        await foreach (var entry in failures.ListAsync(null, null, cancellationToken))
        {
            if (++looks > MaxLooks)
            {
                break;
            }

            if (entry.Manifest is { } manifest && !await IsReplayedAsync(failures, manifest, cancellationToken))
            {
                return manifest.FailedAt;
            }
        }

        return null;
    }

    private static async Task<bool> IsReplayedAsync(FailureStore failures, FailedBatchManifest manifest, CancellationToken cancellationToken)
    {
        try
        {
            return await failures.ReadAttemptsAsync(manifest, cancellationToken).AnyAsync(attempt => attempt.IsWholeFor(manifest.Events), cancellationToken);
        }
        catch (FailedBatchDamagedException)
        {
            // A note that cannot be read proves nothing.
            return false;
        }
    }
}
