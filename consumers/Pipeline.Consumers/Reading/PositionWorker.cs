using Microsoft.Extensions.Logging;
using Pipeline.Buffer;
using Pipeline.Buffer.Expiry;
using Pipeline.ServiceDefaults.Lifetime;

namespace Pipeline.Consumers.Reading;

/// <summary>Looks from time to time how far the group is behind, and whether the store answers while nothing was inserted yet.</summary>
/// <remarks>
/// When the log does not answer, the lag is unknown, not zero, and the writer is not ready: readers ride an outage out without a word.
/// Reading goes on meanwhile, as far as it can.
/// </remarks>
internal sealed class PositionWorker(
    IEventLog log,
    StoreProbe probe,
    TopicPreflight preflight,
    WriterOptions options,
    WriterProgress progress,
    UnreadExpiry expiry,
    TimeProvider clock,
    ExitStatus exitStatus,
    ILogger<PositionWorker> logger) : HostedWorker(exitStatus)
{
    // Soon enough to be ready again at once, and rare enough not to disturb a log that is coming up.
    private static readonly TimeSpan OutageInterval = TimeSpan.FromSeconds(1);

    private bool _isKnown = true;

    protected override async Task RunAsync(CancellationToken stopping)
    {
        while (true)
        {
            if (progress.NeedsStoreProbe && await probe.IsReachableAsync(stopping))
            {
                progress.StoreIsReachable();
            }

            if (progress.WasLogOpened)
            {
                await ReadPositionsAsync(stopping);
            }

            await Task.Delay(progress.IsReady ? options.LagInterval : _isKnown ? options.IdleFlushInterval : OutageInterval, clock, stopping);
        }
    }

    private async Task ReadPositionsAsync(CancellationToken stopping)
    {
        try
        {
            var positions = await log.ReadPositionsAsync(options.Group, stopping);
            progress.Positions(positions);
            _isKnown = true;
            expiry.Looked(await BacklogReader.ReadAsync(log, positions, clock, stopping));
            await preflight.RunOnceAsync(stopping);
        }
        catch (EventLogUnavailableException unavailable)
        {
            progress.PositionsUnknown("the log does not answer");
            if (_isKnown)
            {
                _isKnown = false;
                Log.LagUnknown(logger, log.Topic, unavailable.Message);
            }
        }
    }
}
