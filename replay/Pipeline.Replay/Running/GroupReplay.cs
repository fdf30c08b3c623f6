using Pipeline.Buffer;
using Pipeline.Replay.Comparing;
using Pipeline.Replay.Reading;
using Pipeline.Schemas.Records;
using Pipeline.Storage.Failures;
using Pipeline.Storage.Replays;

namespace Pipeline.Replay.Running;

/// <summary>Replays pieces together and accounts for every event of each: thousands of small batches share comparisons, waits and look-ups.</summary>
/// <remarks>
/// Doing pieces again, after a crash at any step, changes nothing: records keep their id and their received-at, and merging them twice is
/// merging them once. What the store has already is only sent when its receipt still says that it failed, so that the ledger closes.
/// </remarks>
public sealed class GroupReplay(
    PieceReader reader, PieceComparison comparison, IReceiptReader receipts, ReplayLane lane, FailureStore failures, IFailedBatchIndex index, TimeProvider clock)
{
    /// <summary>Records in the replay lane that its group has not stored.</summary>
    internal ValueTask<long> ReadBacklogAsync(CancellationToken cancellationToken) => lane.ReadBacklogAsync(cancellationToken);

    /// <summary>Replays them; each is returned with what became of it as soon as its part of the group is done.</summary>
    internal async Task RunAsync(ReplayJob job, IReadOnlyList<ReplayPiece> pieces, ReplayRate rate, Func<ReplayPiece, Task> done, CancellationToken cancellationToken)
    {
        await foreach (var (contents, refused) in PieceGroups.ReadAsync(reader, pieces, piece => piece.Source, cancellationToken))
        {
            foreach (var (piece, error) in refused)
            {
                await done(piece with { State = ReplayPieceState.Refused, Error = error });
            }

            var startedAt = clock.GetUtcNow();
            var counts = await ReplayAsync(job, contents, rate, cancellationToken);
            for (var at = 0; at < contents.Count; at++)
            {
                if (contents[at].Content.Manifest is { } manifest)
                {
                    await MarkAsync(job, manifest, counts[at], startedAt, cancellationToken);
                }

                await done(contents[at].Piece with { State = ReplayPieceState.Done, Counts = counts[at] });
            }
        }
    }

    private async Task<IReadOnlyList<ReplayCounts>> ReplayAsync(
        ReplayJob job, IReadOnlyList<(ReplayPiece Piece, PieceContent Content)> contents, ReplayRate rate, CancellationToken cancellationToken)
    {
        if (contents.Count == 0)
        {
            return [];
        }

        var (compared, _) = await comparison.CompareAsync([.. contents.SelectMany(content => content.Content.Records)], cancellationToken);
        var ids = compared.Where(record => record.Record is not null).Select(record => record.Record!.RecordId).Distinct().ToList();
        var before = await receipts.ReadAsync(ids, cancellationToken);
        var (places, sent) = await AppendAsync(job, contents, compared, before, rate, cancellationToken);
        await lane.WaitUntilCommittedAsync(places, cancellationToken);
        var after = await receipts.ReadAsync(ids, cancellationToken);
        var counts = new List<ReplayCounts>();
        var from = 0;
        foreach (var (_, content) in contents)
        {
            counts.Add(compared.Skip(from).Take(content.Records.Count).Aggregate(default(ReplayCounts), (sum, record) => sum + CountsOf(record, after, sent)));
            from += content.Records.Count;
        }

        return counts;
    }

    // Every record that was sent, with its attempt; without one when the log does not take it.
    private async Task<(List<PartitionOffset> Places, Dictionary<Guid, int?> Sent)> AppendAsync(
        ReplayJob job,
        IReadOnlyList<(ReplayPiece Piece, PieceContent Content)> contents,
        IReadOnlyList<ComparedRecord> compared,
        IReadOnlyDictionary<Guid, RecordOutcome> before,
        ReplayRate rate,
        CancellationToken cancellationToken)
    {
        var places = new List<PartitionOffset>();
        var sent = new Dictionary<Guid, int?>();
        var from = 0;
        foreach (var (_, content) in contents)
        {
            // Two batches may hold one record, when a consumer died between keeping it and its commit: once is enough.
            foreach (var record in compared.Skip(from).Take(content.Records.Count).Where(record => IsSent(record, before) && !sent.ContainsKey(record.Record!.RecordId)))
            {
                await rate.WaitAsync(record.Source.Value.Length, cancellationToken);
                var stamped = Stamp(record.Record!, job, content.Manifest, before);
                var place = await lane.AppendAsync(stamped, record.Source.Partition, cancellationToken);
                sent.Add(stamped.RecordId, place is null ? null : stamped.Attempt);
                if (place is { } appended)
                {
                    places.Add(appended);
                }
            }

            from += content.Records.Count;
        }

        return (places, sent);
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

    private static ReplayCounts CountsOf(ComparedRecord record, IReadOnlyDictionary<Guid, RecordOutcome> after, Dictionary<Guid, int?> sent)
    {
        var failed = FailedOf(record, after, sent);
        return record.Verdict == RecordVerdict.Unchanged
            ? new ReplayCounts(record.Events, 0, record.Events - failed, failed)
            : new ReplayCounts(record.Events, record.Events - failed, 0, failed);
    }

    private static int FailedOf(ComparedRecord record, IReadOnlyDictionary<Guid, RecordOutcome> after, Dictionary<Guid, int?> sent)
    {
        if (record.Record is not { RecordId: var id })
        {
            return record.Events;
        }

        if (!sent.TryGetValue(id, out var attempt))
        {
            return 0;
        }

        // Only a receipt of what was sent now proves anything.
        return attempt is { } number && after.TryGetValue(id, out var outcome) && outcome.Attempt >= number ? Math.Min(record.Events, outcome.Failed) : record.Events;
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
