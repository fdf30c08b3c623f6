using Microsoft.Extensions.Logging;
using Pipeline.Consumers.Batching;
using Pipeline.Consumers.Committing;
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
    string memberId,
    IStateStore store,
    WriterOptions options,
    ConsumerMetrics metrics,
    WriterProgress progress,
    Heartbeat heartbeat,
    StepKill stepKill,
    TimeProvider clock,
    Random random,
    ILogger logger)
{
    // Batches that must go through at once before the store counts as well again: one could be luck.
    private const int CalmBatches = 5;

    private InsertResult _lastResult = InsertResult.Inserted;
    private int _calmBatchesLeft;

    /// <summary>Whether the store asked to be spared a short while ago.</summary>
    internal bool IsOverloaded => Volatile.Read(ref _calmBatchesLeft) > 0;

    /// <summary>Stores and commits.</summary>
    /// <exception cref="OperationCanceledException">The host stops; the batch was not committed and will be read again.</exception>
    internal async Task StoreAsync(BatchSummary batch, IPreparedBatch prepared, OffsetCommitter committer, CancellationToken stopping)
    {
        // The reading loop goes on at once; what the store does before its first wait is not its business.
        await Task.Yield();
        using (prepared)
        {
            await InsertAsync(prepared, stopping);
        }

        var now = UnixMicros.Now(clock);
        metrics.BatchStored(batch, now);
        progress.Stored(batch, now);
        stepKill.Pass("after_insert_before_commit");

        // Commit after the insert, never before: a crash between the two re-reads the batch, and the merge makes that harmless.
        await committer.CommitAsync(batch.NextOffsets, stopping);
        heartbeat.Beat();
        stepKill.Pass("after_commit");
    }

    private async Task InsertAsync(IPreparedBatch prepared, CancellationToken stopping)
    {
        var attempts = 0;
        while (true)
        {
            stepKill.Pass("before_insert");
            var startedAt = clock.GetTimestamp();
            var result = await store.InsertAsync(prepared, stopping);
            heartbeat.Beat();
            metrics.InsertFinished(result.Outcome, clock.GetElapsedTime(startedAt));
            if (result.Outcome == InsertOutcome.Inserted)
            {
                Volatile.Write(ref _calmBatchesLeft, Math.Max(0, _calmBatchesLeft - 1));
                Report(result, TimeSpan.Zero);
                return;
            }

            if (result.Outcome == InsertOutcome.Overloaded)
            {
                Volatile.Write(ref _calmBatchesLeft, CalmBatches);
            }

            var pause = InsertRetryRule.PauseAfter(attempts++, result.Outcome, options);
            Report(result, pause);

            // Half to full pause, so that consumers that failed together do not come back together. Waiting for a store is work, not a hang.
            await Task.Delay(pause * (0.5 + (random.NextDouble() / 2)), clock, stopping);
            heartbeat.Beat();
        }
    }

    // Once per change, not once per attempt: a store that is away for an hour is one line.
    private void Report(InsertResult result, TimeSpan pause)
    {
        var isSame = result.Outcome == _lastResult.Outcome && result.Code == _lastResult.Code;
        _lastResult = result;
        switch (result.Outcome)
        {
            case InsertOutcome.Inserted:
                progress.StoreTakesBatches(memberId);
                if (!isSame)
                {
                    Log.StoreRecovered(logger);
                }

                break;
            case InsertOutcome.Refused or InsertOutcome.Poisoned:
                progress.StoreFails(memberId, $"the store refuses a batch (code {result.Code})");
                if (!isSame)
                {
                    Log.BatchRefused(logger, result.Code, result.Reason ?? "no reason given");
                }

                break;
            default:
                progress.StoreFails(memberId, result.Outcome == InsertOutcome.Overloaded ? "the store is overloaded" : "the store does not answer");
                if (!isSame)
                {
                    Log.StoreUnavailable(logger, result.Outcome, result.Code, result.Reason ?? "no reason given", pause.TotalSeconds);
                }

                break;
        }
    }
}
