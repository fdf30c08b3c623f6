using Pipeline.Buffer;
using Pipeline.Replay.Comparing;
using Pipeline.Replay.Reading;
using Pipeline.Schemas.Records;
using Pipeline.Storage.Failures;
using Pipeline.Storage.Replays;

namespace Pipeline.Replay.Running;

/// <summary>Replays one piece and accounts for every event of it.</summary>
/// <remarks>
/// Doing a piece again, after a crash at any step, changes nothing: records keep their id and their received-at, and merging them twice is
/// merging them once. What the store has already is only sent when its receipt still says that it failed, so that the ledger closes.
/// </remarks>
public sealed class PieceReplay(
    PieceReader reader, PieceComparison comparison, IReceiptReader receipts, ReplayLane lane, FailureStore failures, IFailedBatchIndex index, TimeProvider clock)
{
    internal async Task<ReplayPiece> RunAsync(ReplayJob job, ReplayPiece piece, ReplayRate rate, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetUtcNow();
        PieceContent content;
        try
        {
            content = await reader.ReadAsync(piece.Source, cancellationToken);
        }
        catch (PieceRefusedException refused)
        {
            return piece with { State = ReplayPieceState.Refused, Error = refused.Message };
        }

        var (records, _) = await comparison.CompareAsync(content.Records, cancellationToken);
        var ids = records.Where(record => record.Record is not null).Select(record => record.Record!.RecordId).ToList();
        var before = await receipts.ReadAsync(ids, cancellationToken);
        var places = new List<PartitionOffset>();
        var tooLarge = new HashSet<ComparedRecord>();
        foreach (var record in records.Where(record => IsSent(record, before)))
        {
            await rate.WaitAsync(record.Source.Value.Length, cancellationToken);
            var place = await lane.AppendAsync(Stamp(record.Record!, job, content.Manifest, before), record.Source.Partition, cancellationToken);
            if (place is { } appended)
            {
                places.Add(appended);
            }
            else
            {
                tooLarge.Add(record);
            }
        }

        await lane.WaitUntilCommittedAsync(places, cancellationToken);
        var after = await receipts.ReadAsync(ids, cancellationToken);
        var counts = records.Aggregate(default(ReplayCounts), (sum, record) => sum + CountsOf(record, after, tooLarge));
        if (content.Manifest is { } manifest)
        {
            await MarkAsync(job, manifest, counts, startedAt, cancellationToken);
        }

        return piece with { State = ReplayPieceState.Done, Counts = counts };
    }

    private static bool IsSent(ComparedRecord record, IReadOnlyDictionary<Guid, RecordOutcome> before) => record.Verdict switch
    {
        RecordVerdict.Unreadable => false,
        RecordVerdict.Changes => true,
        _ => !before.TryGetValue(record.Record!.RecordId, out var outcome) || outcome.Failed > 0,
    };

    private static BufferRecord Stamp(BufferRecord record, ReplayJob job, FailedBatchManifest? manifest, IReadOnlyDictionary<Guid, RecordOutcome> before)
    {
        // The latest attempt is the one that counts, so this one is later than any that left a receipt.
        var attempt = Math.Max(record.Attempt, before.TryGetValue(record.RecordId, out var outcome) ? outcome.Attempt : 0) + 1;
        return record with { Lane = RecordLane.Replay, Attempt = attempt, ReplayOrigin = new ReplayOrigin(job.Id, manifest?.BatchId).ToString() };
    }

    private static ReplayCounts CountsOf(ComparedRecord record, IReadOnlyDictionary<Guid, RecordOutcome> after, HashSet<ComparedRecord> tooLarge)
    {
        if (record.Verdict == RecordVerdict.Unchanged)
        {
            return new ReplayCounts(record.Events, 0, record.Events, 0);
        }

        var failed = record.Verdict == RecordVerdict.Unreadable || tooLarge.Contains(record) || !after.TryGetValue(record.Record!.RecordId, out var outcome)
            ? record.Events
            : Math.Min(record.Events, outcome.Failed);
        return new ReplayCounts(record.Events, record.Events - failed, 0, failed);
    }

    private async Task MarkAsync(ReplayJob job, FailedBatchManifest manifest, ReplayCounts counts, DateTimeOffset startedAt, CancellationToken cancellationToken)
    {
        var attempt = await failures.AppendAttemptAsync(
            manifest,
            new ReplayAttempt
            {
                JobId = job.Id.ToString(),
                Actor = job.Actor,
                Reason = job.Reason,
                StartedAt = startedAt,
                FinishedAt = clock.GetUtcNow(),
                Attempted = (int)counts.Attempted,
                Stored = (int)counts.Stored,
                Unchanged = (int)counts.Unchanged,
                Failed = (int)counts.Failed,
            },
            cancellationToken);
        await index.AttemptedAsync(manifest.BatchId, attempt, cancellationToken);
    }
}
