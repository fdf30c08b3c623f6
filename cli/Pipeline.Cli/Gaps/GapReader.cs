using System.Globalization;
using Pipeline.Buffer;
using Pipeline.Cli.Composition;
using Pipeline.Cli.Failed;
using Pipeline.Cli.Queries;
using Pipeline.Storage.Failures;
using Pipeline.Storage.Postgres.Failures;
using Pipeline.Storage.Replays;

namespace Pipeline.Cli.Gaps;

/// <summary>Names what the ledger misses: by project, minute, stage and error, with what could fill it.</summary>
/// <param name="ledger">The ledger.</param>
/// <param name="failed">The records that failed.</param>
/// <param name="failures">The failure store.</param>
/// <param name="batches">The failed batches with something received since a time.</param>
internal sealed class GapReader(LedgerReader ledger, FailedRecordReader failed, FailureStore failures, Func<DateTimeOffset, CancellationToken, IAsyncEnumerable<FailedBatchRow>> batches)
{
    /// <summary>Builds it from the adapters; the index of failed batches follows the failure store first.</summary>
    internal static async Task<GapReader> OpenAsync(Adapters adapters, CancellationToken cancellationToken)
    {
        var index = await FailedBatches.OpenAsync(adapters, cancellationToken);
        return new GapReader(
            LedgerReader.Of(adapters),
            new FailedRecordReader(adapters.Queries),
            adapters.Failures,
            (since, stopping) => FailedBatches.ReadAsync(index, new FailedBatchFilter { ReceivedFrom = since }, int.MaxValue, isNewestFirst: false, stopping));
    }

    /// <summary>What is missing of what was received since then; by stage, project and minute.</summary>
    /// <exception cref="EventLogUnavailableException">The log does not answer.</exception>
    /// <exception cref="Storage.ObjectStores.ObjectStoreException">The object store does not answer.</exception>
    internal async Task<IReadOnlyList<Gap>> ReadAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        var snapshot = await ledger.ReadSnapshotAsync(since, cancellationToken);
        return
        [
            .. (await ReadFailedAsync(snapshot.Scope, since, cancellationToken))
                .Concat(snapshot.Unstored.SelectMany(UnstoredOf))
                .Concat(UnloggedOf(snapshot))
                .OrderBy(gap => gap.Stage).ThenBy(gap => gap.ProjectId, StringComparer.Ordinal).ThenBy(gap => gap.Minute)
                .ThenBy(gap => gap.Source?.ToString(), StringComparer.Ordinal),
        ];
    }

    private async Task<IEnumerable<Gap>> ReadFailedAsync(ReceiptScope scope, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var records = await failed.ReadAsync(scope, since, cancellationToken);
        if (records.Count == 0)
        {
            return [];
        }

        var rows = new List<FailedBatchRow>();
        await foreach (var row in batches(since, cancellationToken))
        {
            rows.Add(row);
        }

        var finder = new BatchFinder(failures, rows);
        var found = new List<(FailedRecordLine Record, FailedBatchManifest? Batch)>();
        foreach (var record in records)
        {
            found.Add((record, await finder.FindAsync(record, cancellationToken)));
        }

        return found
            .GroupBy(entry => (entry.Record.ProjectId, entry.Record.Minute, entry.Record.Reasons, entry.Batch?.BatchId))
            .Select(group =>
            {
                var batch = group.First().Batch;
                return new Gap(GapStage.Failed)
                {
                    ProjectId = group.Key.ProjectId,
                    Minute = group.Key.Minute,
                    Records = group.Count(),
                    Events = group.Sum(entry => entry.Record.Failed),
                    Class = batch?.Class,
                    Code = batch?.Code ?? 0,
                    Error = group.Key.Reasons,
                    Source = batch is null ? null : ReplaySource.Batch(batch.BatchId),
                    NoSource = batch is null ? "no failed batch that is whole holds them: `pipeline failed verify`" : "",
                };
            });
    }

    private static IEnumerable<Gap> UnstoredOf(UnstoredPiece piece)
    {
        var error = piece.Stage == GapStage.Expired ? "deleted from the log before they were read" : "committed without a receipt";
        foreach (var records in piece.Records)
        {
            yield return new Gap(piece.Stage)
            {
                ProjectId = records.Key.ProjectId,
                Minute = records.Key.Minute,
                Records = records.Records,
                Events = records.Events,
                Error = error,
                Source = piece.Source,
            };
        }

        if (piece.Unknown > 0)
        {
            var where = string.Create(CultureInfo.InvariantCulture, $"partition {piece.Partition}, offsets {piece.FromOffset} to {piece.ToOffset}");
            yield return new Gap(piece.Stage)
            {
                Records = piece.Unknown,
                Error = $"{error}: {where}",
                NoSource = piece.Source is null ? piece.NoSource : "the log no longer holds them",
            };
        }
    }

    // What the two stages before name of a gateway's minute is part of what its account misses.
    private static IEnumerable<Gap> UnloggedOf(LedgerSnapshot snapshot)
    {
        var named = snapshot.Unstored.SelectMany(piece => piece.Records).GroupBy(records => records.Key).ToDictionary(group => group.Key, group => group.Sum(records => records.Events));
        var unknown = snapshot.Unstored.Sum(piece => piece.Unknown);
        foreach (var (key, counts) in snapshot.Counts)
        {
            if (counts.Missing - named.GetValueOrDefault(key) is var missing and > 0)
            {
                yield return new Gap(GapStage.Unlogged)
                {
                    ProjectId = key.ProjectId,
                    Minute = key.Minute,
                    Events = missing,
                    Error = $"gateway {key.InstanceId} acknowledged them; neither the log nor a receipt knows of them",
                    NoSource = unknown == 0
                        ? "they are in no log and no store"
                        : string.Create(CultureInfo.InvariantCulture, $"they may be among the {unknown} records of which nobody knows what they held"),
                };
            }
        }
    }
}
