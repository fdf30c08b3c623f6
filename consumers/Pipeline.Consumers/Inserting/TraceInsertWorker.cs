using Microsoft.Extensions.Logging;
using Pipeline.Buffer;
using Pipeline.Consumers.Batching;
using Pipeline.ServiceDefaults.Faults;
using Pipeline.ServiceDefaults.Health;
using Pipeline.ServiceDefaults.Lifetime;
using Pipeline.Storage;

namespace Pipeline.Consumers.Inserting;

/// <summary>The loop of the writer: read, convert and fold, cut, encode, insert, commit.</summary>
/// <remarks>
/// While batch n is on its way to the store, batch n+1 is read, folded and encoded; batch n+2 is not begun before n is committed. So offsets
/// are committed in order, and memory is bounded by two batches and what the reader fetched ahead.
/// </remarks>
internal sealed class TraceInsertWorker(
    IEventLog log,
    IStateStore store,
    BatchStorer storer,
    WriterOptions options,
    ConsumerMetrics metrics,
    ServiceHealth health,
    StepKill stepKill,
    TimeProvider clock,
    Random random,
    ExitStatus exitStatus,
    ILogger<TraceInsertWorker> logger) : HostedWorker(exitStatus)
{
    // One read gives at most a sixth of a batch, so that a batch never overshoots its limit by much.
    private const int ReadBytes = 4 * 1024 * 1024;
    private static readonly TimeSpan StuckAfter = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly ReadinessCondition _logCondition = health.AddCondition("log", "the log is not open yet");
    private readonly Heartbeat _heartbeat = health.AddHeartbeat("writer", StuckAfter);

    protected override async Task RunAsync(CancellationToken stopping)
    {
        await OpenAsync(stopping);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await using var reader = log.Join(new ReaderOptions(options.Group, options.EffectiveMemberId) { MaxBufferedBytes = options.MaxBufferedBytes });
                _logCondition.Met();
                Log.GroupJoined(logger, options.Group, options.EffectiveMemberId, log.Topic);
                await ReadAndStoreAsync(reader, stopping);
            }
            catch (EventLogUnavailableException unavailable)
            {
                _logCondition.NotMet("the log cannot be read");
                Log.LogNotReadable(logger, log.Topic, unavailable.Message);
                await Task.Delay(LongestPause * (0.5 + (random.NextDouble() / 2)), clock, stopping);
            }
        }
    }

    private async Task OpenAsync(CancellationToken stopping)
    {
        var pause = FirstPause;
        while (true)
        {
            try
            {
                await log.OpenAsync(stopping);
                if (await store.IsReachableAsync(stopping))
                {
                    storer.StoreIsReachable();
                }

                return;
            }
            catch (EventLogUnavailableException unavailable)
            {
                _logCondition.NotMet("the log cannot be opened");
                Log.LogNotReadable(logger, log.Topic, unavailable.Message);
            }

            _heartbeat.Beat();
            await Task.Delay(pause * (0.5 + (random.NextDouble() / 2)), clock, stopping);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
        }
    }

    private async Task ReadAndStoreAsync(IEventLogReader reader, CancellationToken stopping)
    {
        // Once the host stops, the batch in hand still has this long to be stored and committed.
        using var abandon = new CancellationTokenSource();
        await using var whenStopping = stopping.Register(() => abandon.CancelAfter(options.DrainTimeout));
        var open = new OpenBatch();
        var openedAt = 0L;
        var storing = Task.CompletedTask;
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                var read = await ReadAsync(reader, open, stopping);
                _heartbeat.Beat();
                openedAt = open.IsEmpty ? clock.GetTimestamp() : openedAt;
                foreach (var record in read.Records)
                {
                    open.Add(record);
                }

                stepKill.Pass("after_read");
                if (BatchCutRule.ShouldCut(open, clock.GetElapsedTime(openedAt), read.Records.Count == 0, read.FlushRequested, options))
                {
                    storing = await StoreNextAsync(open, storing, reader, abandon.Token);
                }
            }

            storing = open.IsEmpty ? storing : await StoreNextAsync(open, storing, reader, abandon.Token);
            await storing;
        }
        catch
        {
            // The insert under way must not outlive its reader; its own fault is reported by the loop's.
            await abandon.CancelAsync();
            await storing.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw;
        }
    }

    private async Task<ReadResult> ReadAsync(IEventLogReader reader, OpenBatch open, CancellationToken stopping)
    {
        // With something in hand, come back in time to cut it.
        var wait = open.IsEmpty ? options.FlushInterval : options.IdleFlushInterval;
        try
        {
            return await reader.ReadAsync(ReadBytes, wait, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return new ReadResult([], FlushRequested: true);
        }
    }

    private async Task<Task> StoreNextAsync(OpenBatch open, Task storing, IEventLogReader reader, CancellationToken abandon)
    {
        var startedAt = clock.GetTimestamp();
        var cut = open.Cut();
        var prepared = store.Prepare(cut.States);
        metrics.BatchPrepared(cut, prepared, clock.GetElapsedTime(startedAt));
        try
        {
            await storing;
        }
        catch
        {
            prepared.Dispose();
            throw;
        }

        return storer.StoreAsync(cut, prepared, reader, _heartbeat, abandon);
    }
}
