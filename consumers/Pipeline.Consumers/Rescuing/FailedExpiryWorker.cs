using Microsoft.Extensions.Logging;
using Pipeline.ServiceDefaults.Lifetime;
using Pipeline.Storage.Failures;
using Pipeline.Storage.ObjectStores;

namespace Pipeline.Consumers.Rescuing;

/// <summary>Looks from time to time how long the oldest failed batch that waits for its replay is safe from the object store's lifecycle.</summary>
internal sealed class FailedExpiryWorker(
    FailureStore failures, WriterOptions options, WriterProgress progress, TimeProvider clock, ExitStatus exitStatus, ILogger<FailedExpiryWorker> logger)
    : HostedWorker(exitStatus)
{
    // Short against any lifecycle, and rare enough for a listing.
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    protected override async Task RunAsync(CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                var failedAt = await WaitingBatches.FindOldestAsync(failures, stopping);
                progress.FailedBatchesExpireAt = failedAt + options.FailedRetention;
                if (failedAt is { } oldest && clock.GetUtcNow() - oldest > options.FailedRetention * 0.9)
                {
                    Log.FailedBatchesExpireSoon(logger, oldest, oldest + options.FailedRetention);
                }
            }
            catch (ObjectStoreException trouble)
            {
                // The last known time still holds: batches do not get younger.
                Log.FailureStoreNotListed(logger, trouble.Message);
            }

            await Task.Delay(Interval, clock, stopping);
        }
    }
}
