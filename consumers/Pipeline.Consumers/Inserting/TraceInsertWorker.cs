using Microsoft.Extensions.Logging;
using Pipeline.Buffer;
using Pipeline.ServiceDefaults.Faults;
using Pipeline.ServiceDefaults.Health;
using Pipeline.ServiceDefaults.Lifetime;
using Pipeline.Storage;

namespace Pipeline.Consumers.Inserting;

/// <summary>The loop of the writer: open the log, join the group, and let a <see cref="BatchPipeline"/> read and store; again when the reader breaks.</summary>
/// <remarks>One loop per member. Converting, folding and encoding happen on it; only the insert runs beside it.</remarks>
internal sealed class TraceInsertWorker(
    string memberId,
    IEventLog log,
    IStateStore store,
    WriterOptions options,
    ConsumerMetrics metrics,
    WriterProgress progress,
    Heartbeat heartbeat,
    StepKill stepKill,
    TimeProvider clock,
    Random random,
    ExitStatus exitStatus,
    Task hostStarted,
    ILogger<TraceInsertWorker> logger) : HostedWorker(exitStatus)
{
    /// <summary>Silence after which the loop counts as stuck: more than inserts into all six tables may take, each at its longest timeout.</summary>
    internal static readonly TimeSpan StuckAfter = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly BatchStorer _storer = new(memberId, store, options, metrics, progress, heartbeat, stepKill, clock, random, logger);
    private string? _lastReason;

    /// <summary>The loop itself, for tests that drive it without a host.</summary>
    internal async Task ReadAndStoreAsync(CancellationToken stopping)
    {
        var pause = FirstPause;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await log.OpenAsync(stopping);
                await using var reader = progress.Stalls.Member(memberId).Watch(log.Join(new ReaderOptions(options.Group, memberId)
                {
                    IsStaticMember = options.MemberId.Length > 0,
                    MaxBufferedBytes = options.MaxBufferedBytes,
                }));
                progress.LogIsOpen(memberId);
                Log.GroupJoined(logger, options.Group, memberId, log.Topic);
                (pause, _lastReason) = (FirstPause, null);
                await new BatchPipeline(memberId, reader, store, _storer, options, metrics, progress, heartbeat, stepKill, clock, logger).RunAsync(stopping);
            }
            catch (EventLogUnavailableException unavailable)
            {
                progress.LogFails(memberId, "the log cannot be read");
                Report(unavailable.Message);
            }

            heartbeat.Beat();
            await PauseAsync(pause, stopping);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
        }
    }

    protected override async Task RunAsync(CancellationToken stopping)
    {
        // A fault before that would look like a start that somebody cancelled, and its exit code would be lost.
        await hostStarted.WaitAsync(stopping);
        await ReadAndStoreAsync(stopping);
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken stopping)
    {
        if (!stopping.IsCancellationRequested)
        {
            await Task.Delay(pause * (0.5 + (random.NextDouble() / 2)), clock, stopping);
        }
    }

    private void Report(string reason)
    {
        if (reason != _lastReason)
        {
            _lastReason = reason;
            Log.LogNotReadable(logger, log.Topic, reason);
        }
    }
}
