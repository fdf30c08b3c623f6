using Pipeline.Storage;

namespace Pipeline.Consumers.Inserting;

/// <summary>Sends a prepared batch until the store has decided about it, however long that takes.</summary>
/// <remarks>A store that is away or overloaded is waited for in place: nothing is committed, and the reader stays in its group meanwhile.</remarks>
internal sealed class InsertGate(WriterMember member, IStateStore store)
{
    // Batches that must go through at once before the store counts as well again: one could be luck.
    private const int CalmBatches = 5;

    private InsertResult _lastResult = InsertResult.Inserted;
    private int _calmBatchesLeft;

    /// <summary>Whether the store asked to be spared a short while ago.</summary>
    internal bool IsOverloaded => Volatile.Read(ref _calmBatchesLeft) > 0;

    /// <summary>Sends a batch until it is inserted or poisoned, or was refused or too large so many times in a row.</summary>
    /// <param name="prepared">The batch; it stays the caller's.</param>
    /// <param name="refusals">How many times it must be refused.</param>
    /// <param name="tooLarge">How many times it must be too large.</param>
    /// <param name="stopping">Stops the waiting.</param>
    /// <exception cref="OperationCanceledException">The host stops.</exception>
    internal async Task<InsertResult> InsertAsync(IPreparedBatch prepared, int refusals, int tooLarge, CancellationToken stopping)
    {
        var attempts = 0;
        var last = InsertOutcome.Inserted;
        var inARow = 0;
        while (true)
        {
            member.StepKill.Pass("before_insert");
            var startedAt = member.Clock.GetTimestamp();
            var result = await store.InsertAsync(prepared, stopping);
            member.Heartbeat.Beat();
            member.Metrics.InsertFinished(result.Outcome, member.Clock.GetElapsedTime(startedAt));
            if (result.Outcome == InsertOutcome.Inserted)
            {
                Volatile.Write(ref _calmBatchesLeft, Math.Max(0, _calmBatchesLeft - 1));
                Report(result, TimeSpan.Zero);
                return result;
            }

            if (result.Outcome is InsertOutcome.Overloaded or InsertOutcome.TooLarge)
            {
                Volatile.Write(ref _calmBatchesLeft, CalmBatches);
            }

            inARow = result.Outcome == last ? inARow + 1 : 1;
            last = result.Outcome;
            if (result.Outcome == InsertOutcome.Poisoned
                || (result.Outcome == InsertOutcome.Refused && inARow >= refusals)
                || (result.Outcome == InsertOutcome.TooLarge && inARow >= tooLarge))
            {
                return result;
            }

            var pause = InsertRetryRule.PauseAfter(attempts++, result.Outcome, member.Options);
            Report(result, pause);
            await member.PauseAsync(pause, stopping);
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
                member.Progress.StoreTakesBatches(member.Id);
                if (!isSame)
                {
                    Log.StoreRecovered(member.Logger);
                }

                break;
            case InsertOutcome.Refused:
                member.Progress.StoreFails(member.Id, $"the store refuses a batch (code {result.Code})");
                if (!isSame)
                {
                    Log.BatchRefused(member.Logger, result.Code, result.Reason ?? "no reason given");
                }

                break;
            default:
                member.Progress.StoreFails(member.Id, result.Outcome == InsertOutcome.Unavailable ? "the store does not answer" : "the store is overloaded");
                if (!isSame)
                {
                    Log.StoreUnavailable(member.Logger, result.Outcome, result.Code, result.Reason ?? "no reason given", pause.TotalSeconds);
                }

                break;
        }
    }
}
