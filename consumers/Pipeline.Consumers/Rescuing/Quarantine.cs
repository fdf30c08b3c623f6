using Pipeline.Consumers.Batching;
using Pipeline.Consumers.Inserting;
using Pipeline.Consumers.Reading;
using Pipeline.Schemas;
using Pipeline.Schemas.Errors;
using Pipeline.Storage;
using Pipeline.Storage.Failures;
using Pipeline.Storage.ObjectStores;

namespace Pipeline.Consumers.Rescuing;

/// <summary>Puts records aside in the failure store, as long as the budget allows; otherwise halts the member visibly.</summary>
internal sealed class Quarantine(WriterMember member, FailureStore failures, FailureBudget budget)
{
    private string? _haltedFor;
    private string? _lastTrouble;

    /// <summary>Puts aside what is wrong in itself; waits for the failure store as long as it takes, and for ever once the budget is spent.</summary>
    /// <param name="failed">The records; none does nothing.</param>
    /// <param name="batch">The batch they are from.</param>
    /// <param name="stopping">Stops the waiting.</param>
    /// <exception cref="OperationCanceledException">The host stops; what is not committed will be read again.</exception>
    internal async Task PutAsync(IReadOnlyList<FailedRecord> failed, BatchSummary batch, CancellationToken stopping)
    {
        var kept = failed.Where(record => !FailedRecords.IsKeptAlready(record)).ToList();
        if (kept.Count == 0)
        {
            return;
        }

        var poisoned = FailedRecords.PoisonedEvents(kept);
        if (budget.WhyNoPoison(poisoned, batch.Size.Events) is { } reason && !FailedRecords.AreOfOneProjectOfSeveral(kept, batch.Records))
        {
            await HaltForEverAsync(reason, stopping);
        }

        await WriteAsync(kept, stopping);
        budget.Poisoned(poisoned);
    }

    /// <summary>Says that the member does not go on, and why.</summary>
    internal void Halt(string reason)
    {
        member.Progress.Halted(member.Id, reason);

        // It stands still on purpose, and looks again after each pause: a restart would change nothing.
        member.Progress.Stalls.Member(member.Id).Waits($"halted: {reason}", 4 * member.Options.RetryMaxPause);
        if (_haltedFor != reason)
        {
            _haltedFor = reason;
            Log.Halted(member.Logger, reason);
        }
    }

    /// <summary>The member goes on.</summary>
    internal void GoOn()
    {
        if (_haltedFor is not null)
        {
            _haltedFor = null;
            member.Progress.GoesOn(member.Id);
            Log.GoesOn(member.Logger);
        }
    }

    private async Task HaltForEverAsync(string reason, CancellationToken stopping)
    {
        while (true)
        {
            Halt(reason);
            await member.PauseAsync(member.Options.RetryMaxPause, stopping);
        }
    }

    private async Task WriteAsync(IReadOnlyList<FailedRecord> records, CancellationToken stopping)
    {
        for (var attempts = 0; ; attempts++)
        {
            try
            {
                member.StepKill.Pass("before_put_aside");
                member.Progress.Stalls.Member(member.Id).Waits("putting records aside", GroupWorker.StuckAfter);

                // Dated anew each time: after a long wait it lies in the hour in which it is looked for.
                var manifest = await failures.WriteAsync(BatchOf(records), stopping);
                member.Heartbeat.Beat();
                member.StepKill.Pass("after_put_aside");
                member.Progress.Stalls.Member(member.Id).WaitEnded("storing");
                member.Metrics.BatchPutAside(manifest);
                _lastTrouble = null;
                member.Progress.FailureStoreTakesBatches(member.Id);
                Log.BatchPutAside(member.Logger, manifest.BatchId, manifest.Class, manifest.Records, manifest.Error);
                return;
            }
            catch (ObjectStoreException trouble)
            {
                // Nothing is committed meanwhile: the partition waits, and what it waits for is shown.
                member.Heartbeat.Beat();
                member.Progress.FailureStoreFails(member.Id, "the failure store does not take a batch");
                if (_lastTrouble != trouble.Message)
                {
                    _lastTrouble = trouble.Message;
                    Log.FailureStoreUnavailable(member.Logger, trouble.Message);
                }
            }

            await member.PauseAsync(InsertRetryRule.PauseAfter(attempts, InsertOutcome.Unavailable, member.Options), stopping);
        }
    }

    private FailedBatch BatchOf(IReadOnlyList<FailedRecord> records)
    {
        var now = UnixMicros.Now(member.Clock);
        var all = records.SelectMany(record => record.Failures).ToList();
        var first = all.Find(failure => failure.Class == ErrorClass.Permanent) ?? all[0];
        return new FailedBatch(member.Group, first.Class, first.Code, $"{first.Reason}: {first.Detail}", 1, now, now, records);
    }
}
