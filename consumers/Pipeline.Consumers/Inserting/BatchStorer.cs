using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Pipeline.Buffer;
using Pipeline.Consumers.Batching;
using Pipeline.Schemas;
using Pipeline.ServiceDefaults.Faults;
using Pipeline.ServiceDefaults.Health;
using Pipeline.Storage;

namespace Pipeline.Consumers.Inserting;

/// <summary>Stores one batch, however long that takes, and commits its offsets afterwards.</summary>
/// <remarks>
/// A store that is away or overloaded is waited for in place: nothing is dropped, nothing is committed, and the reader stays in its group
/// while nobody reads from it. A batch the store refuses is tried again too, visibly: to pass by would be to lose it.
/// </remarks>
internal sealed class BatchStorer(
    IStateStore store,
    WriterOptions options,
    ConsumerMetrics metrics,
    ServiceHealth health,
    StepKill stepKill,
    TimeProvider clock,
    Random random,
    ILogger<BatchStorer> logger)
{
    private readonly ReadinessCondition _condition = health.AddCondition("store", "nothing was stored yet");
    private InsertOutcome _lastOutcome = InsertOutcome.Inserted;

    internal void StoreIsReachable() => _condition.Met();

    /// <summary>Stores and commits.</summary>
    /// <exception cref="OperationCanceledException">The host stops; the batch was not committed and will be read again.</exception>
    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The batch is disposed at the end of the method.")]
    internal async Task StoreAsync(CutBatch batch, IPreparedBatch prepared, IEventLogReader reader, Heartbeat heartbeat, CancellationToken stopping)
    {
        using (prepared)
        {
            await InsertAsync(prepared, heartbeat, stopping);
        }

        metrics.BatchStored(batch, UnixMicros.Now(clock));
        stepKill.Pass("after_insert_before_commit");
        await CommitAsync(batch, reader, heartbeat, stopping);
        stepKill.Pass("after_commit");
    }

    private async Task InsertAsync(IPreparedBatch prepared, Heartbeat heartbeat, CancellationToken stopping)
    {
        var pause = options.RetryMinPause;
        while (true)
        {
            stepKill.Pass("before_insert");
            var startedAt = clock.GetTimestamp();
            var result = await store.InsertAsync(prepared, stopping);
            heartbeat.Beat();
            metrics.InsertFinished(result.Outcome, clock.GetElapsedTime(startedAt), prepared);
            if (result.Outcome == InsertOutcome.Inserted)
            {
                Report(result, pause);
                return;
            }

            pause = result.Outcome == InsertOutcome.Overloaded ? TimeSpan.FromTicks(Math.Max(pause.Ticks, TimeSpan.TicksPerSecond)) : pause;
            Report(result, pause);

            // Half to full pause, so that consumers that failed together do not come back together.
            await DelayAsync(pause * (0.5 + (random.NextDouble() / 2)), heartbeat, stopping);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, options.RetryMaxPause.Ticks));
        }
    }

    // Commit after the insert, never before: a crash between the two re-reads the batch, and the merge makes that harmless.
    private async Task CommitAsync(CutBatch batch, IEventLogReader reader, Heartbeat heartbeat, CancellationToken stopping)
    {
        var outcome = await reader.CommitAsync(batch.NextOffsets, stopping);
        metrics.OffsetsCommitted(outcome);
        heartbeat.Beat();
        if (outcome == CommitOutcome.Fenced)
        {
            Log.CommitFenced(logger, batch.Records);
        }
        else if (outcome == CommitOutcome.Unavailable)
        {
            // The next batch of these partitions commits further; if there is none, its records are read once more, which changes nothing.
            Log.CommitNotConfirmed(logger, batch.Records);
        }
    }

    private async Task DelayAsync(TimeSpan pause, Heartbeat heartbeat, CancellationToken stopping)
    {
        // Waiting for a store that is down is work, not a hang.
        await Task.Delay(pause, clock, stopping);
        heartbeat.Beat();
    }

    private void Report(InsertResult result, TimeSpan pause)
    {
        if (result.Outcome == _lastOutcome)
        {
            return;
        }

        _lastOutcome = result.Outcome;
        switch (result.Outcome)
        {
            case InsertOutcome.Inserted:
                _condition.Met();
                Log.StoreRecovered(logger);
                break;
            case InsertOutcome.Refused:
                _condition.NotMet($"the store refuses a batch (code {result.Code})");
                Log.BatchRefused(logger, result.Code, result.Reason ?? "no reason given");
                break;
            default:
                _condition.NotMet(result.Outcome == InsertOutcome.Overloaded ? "the store is overloaded" : "the store does not answer");
                Log.StoreUnavailable(logger, result.Outcome, result.Code, result.Reason ?? "no reason given", pause.TotalSeconds);
                break;
        }
    }
}
