using Microsoft.Extensions.Logging;
using Pipeline.Buffer;
using Pipeline.ServiceDefaults.Lifetime;
using Pipeline.Storage;

namespace Pipeline.Consumers.Reading;

/// <summary>Looks from time to time how far the group is behind, and whether the store answers while nothing was inserted yet.</summary>
/// <remarks>Only measures: when the log does not answer, the lag is unknown, not zero, and reading goes on without it.</remarks>
internal sealed class PositionWorker(
    IEventLog log,
    IStateStore store,
    TopicPreflight preflight,
    WriterOptions options,
    WriterProgress progress,
    TimeProvider clock,
    ExitStatus exitStatus,
    ILogger<PositionWorker> logger) : HostedWorker(exitStatus)
{
    private bool _isKnown = true;

    protected override async Task RunAsync(CancellationToken stopping)
    {
        while (true)
        {
            if (progress.NeedsStoreProbe && await store.IsReachableAsync(stopping))
            {
                progress.StoreIsReachable();
            }

            if (progress.IsLogOpen)
            {
                await ReadPositionsAsync(stopping);
            }

            await Task.Delay(progress.IsReady ? options.LagInterval : options.IdleFlushInterval, clock, stopping);
        }
    }

    private async Task ReadPositionsAsync(CancellationToken stopping)
    {
        try
        {
            progress.Positions(await log.ReadPositionsAsync(options.Group, stopping));
            _isKnown = true;
            await preflight.RunOnceAsync(stopping);
        }
        catch (EventLogUnavailableException unavailable)
        {
            progress.PositionsUnknown();
            if (_isKnown)
            {
                _isKnown = false;
                Log.LagUnknown(logger, log.Topic, unavailable.Message);
            }
        }
    }
}
