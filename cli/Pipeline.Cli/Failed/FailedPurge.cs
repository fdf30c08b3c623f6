using System.Globalization;
using Pipeline.Cli.Composition;
using Pipeline.Storage.Postgres;
using Pipeline.Storage.Postgres.Audit;
using Pipeline.Storage.Postgres.Failures;

namespace Pipeline.Cli.Failed;

/// <summary>Deletes failed batches for good: those that were replayed, or by force those that are named.</summary>
internal sealed class FailedPurge(Adapters adapters, FailedBatchIndex index)
{
    /// <summary>The batches that may be deleted, oldest first.</summary>
    /// <exception cref="CliException">One of those named may not.</exception>
    internal async Task<IReadOnlyList<FailedBatchRow>> PlanAsync(FailedBatchFilter filter, bool isForced, int limit, CancellationToken cancellationToken)
    {
        await FailedBatches.RequireAsync(index, filter.Ids, cancellationToken);
        var isNamed = filter.Ids.Count > 0;
        var wanted = isNamed ? filter : filter with { States = [FailedBatchState.Replayed] };
        var rows = new List<FailedBatchRow>();
        var refused = new List<string>();
        await foreach (var row in FailedBatches.ReadAsync(index, wanted, limit, isNewestFirst: false, cancellationToken))
        {
            // The notes beside the objects decide, not the index.
            var fresh = await adapters.FailedBatchSync.RefreshAsync(row, cancellationToken);
            if (isForced || fresh.State == FailedBatchState.Replayed)
            {
                rows.Add(fresh);
            }
            else
            {
                refused.Add($"{fresh.BatchId} is {Words.Of(fresh.State)}");
            }
        }

        if (refused.Count > 0)
        {
            throw new CliException($"only replayed batches are purged: {string.Join(", ", refused.Take(10))}; replay them, or name them with --force to lose them for good");
        }

        await RefuseReferredAsync(rows, cancellationToken);
        return rows;
    }

    /// <summary>Deletes them, one after the other; each is audited before its objects go.</summary>
    internal async Task DeleteAsync(IReadOnlyList<FailedBatchRow> rows, string actor, string reason, bool isForced, Action<long> progress, CancellationToken cancellationToken)
    {
        for (var at = 0; at < rows.Count; at++)
        {
            var row = rows[at];
            await adapters.Audit.WriteAsync([EntryOf(row, actor, reason, isForced)], cancellationToken);
            await adapters.Failures.DeleteAsync(row.Folder, cancellationToken);
            await index.RemoveAsync([row.Folder], cancellationToken);
            progress(at + 1);
        }
    }

    private async Task RefuseReferredAsync(List<FailedBatchRow> rows, CancellationToken cancellationToken)
    {
        var referring = await adapters.ReplayJobs.ReferringAsync([.. rows.Select(row => row.BatchId).OfType<Guid>()], cancellationToken);
        if (referring.Count > 0)
        {
            var named = referring.Take(10).Select(pair => $"{pair.BatchId} by {pair.JobId}");
            throw new CliException($"{referring.Count} batches are still to be read by a replay: {string.Join(", ", named)}; let it finish, or cancel it");
        }
    }

    private static AuditEntry EntryOf(FailedBatchRow row, string actor, string reason, bool isForced) => new(
        actor,
        "failed.purge",
        row.BatchId?.ToString() ?? row.Folder,
        reason,
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["folder"] = row.Folder,
            ["state"] = Words.Of(row.State),
            ["forced"] = isForced ? "true" : "false",
            ["records"] = (row.Manifest?.Records ?? 0).ToString(CultureInfo.InvariantCulture),
            ["events"] = (row.Manifest?.Events ?? 0).ToString(CultureInfo.InvariantCulture),
            ["sha256"] = row.Manifest?.ObjectSha256 ?? "",
        });
}
