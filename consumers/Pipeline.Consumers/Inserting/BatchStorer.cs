using Pipeline.Consumers.Batching;
using Pipeline.Consumers.Committing;
using Pipeline.Consumers.Rescuing;
using Pipeline.Schemas;
using Pipeline.Storage;

namespace Pipeline.Consumers.Inserting;

/// <summary>Stores one batch, or what of it can be stored, and commits its offsets afterwards.</summary>
/// <remarks>
/// Everything of a batch is in the store or in the failure store before its offsets are committed: nothing is dropped and nothing is passed by.
/// </remarks>
internal sealed class BatchStorer(WriterMember member, InsertGate gate, Quarantine quarantine, BatchRescue rescue, FailureBudget budget)
{
    /// <summary>Whether the store asked to be spared a short while ago.</summary>
    internal bool IsOverloaded => gate.IsOverloaded;

    /// <summary>Stores and commits.</summary>
    /// <exception cref="OperationCanceledException">The host stops; the batch was not committed and will be read again.</exception>
    internal async Task StoreAsync(BatchSummary batch, IPreparedBatch prepared, OffsetCommitter committer, CancellationToken stopping)
    {
        // The reading loop goes on at once; what the store does before its first wait is not its business.
        await Task.Yield();
        var refused = 0;
        using (prepared)
        {
            var result = await InsertAsync(prepared, stopping);
            if (result.Outcome != InsertOutcome.Inserted)
            {
                refused = await rescue.RunAsync(batch, result, stopping);
            }
        }

        // Right before the commit: a store that is away must not make every restart put the same records aside once more.
        await quarantine.PutAsync(FailedRecords.OfRejected(batch), batch, stopping);

        var now = UnixMicros.Now(member.Clock);
        budget.WorkedOff(batch.Size.Events);
        member.Metrics.BatchStored(batch, refused, member.Lane, now);
        member.Progress.Stored(batch, now);
        member.StepKill.Pass("after_insert_before_commit");

        // Commit after the insert, never before: a crash between the two re-reads the batch, and the merge makes that harmless.
        await committer.CommitAsync(batch.NextOffsets, stopping);
        member.Heartbeat.Beat();
        member.StepKill.Pass("after_commit");
    }

    private async Task<InsertResult> InsertAsync(IPreparedBatch prepared, CancellationToken stopping)
    {
        var result = await gate.InsertAsync(prepared, member.Options.RefusedAttempts, member.Options.RefusedAttempts, stopping);
        while (result.Outcome == InsertOutcome.Refused && budget.WhyNoRefusedBatch() is { } reason)
        {
            // Somebody has to mend the store; once it takes the batch, everything goes on by itself.
            quarantine.Halt(reason);
            await member.PauseAsync(member.Options.RetryMaxPause, stopping);
            result = await gate.InsertAsync(prepared, refusals: 1, member.Options.RefusedAttempts, stopping);
        }

        quarantine.GoOn();
        return result;
    }
}
