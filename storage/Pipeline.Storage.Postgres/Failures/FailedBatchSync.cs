using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Pipeline.Storage.Failures;

namespace Pipeline.Storage.Postgres.Failures;

/// <summary>Makes the index say what the failure store holds; one sync at a time, others wait for it.</summary>
/// <remarks>
/// Lists in order and compares range by range, so that memory is bounded and a sync that breaks leaves a right beginning. An incremental one
/// begins an hour before the hour of the last; the last full one may be a day old, because a batch that had to wait for its store lies in the
/// hour in which it was given up, and because objects expire.
/// </remarks>
public sealed class FailedBatchSync(NpgsqlDataSource source, FailureStore failures, FailedBatchIndex index, TimeProvider clock)
{
    // Any constant will do, as long as nothing else in the database uses it.
    private const long LockKey = 7_214_523_003;

    // One round trip's worth of rows.
    private const int ChunkSize = 200;

    // Notes of replays are small objects, of which an object store gives several at a time.
    private const int ReadsAtOnce = 8;

    private static readonly TimeSpan Safety = TimeSpan.FromHours(1);
    private static readonly TimeSpan FullInterval = TimeSpan.FromDays(1);

    /// <summary>Follows what changed since the last sync; everything when the last full one is a day old.</summary>
    /// <exception cref="Storage.ObjectStores.ObjectStoreException">The failure store does not answer.</exception>
    /// <exception cref="NpgsqlException">Postgres cannot be reached or refused.</exception>
    public Task<FailedBatchSyncReport> FollowAsync(Action<long>? progress, CancellationToken cancellationToken) =>
        LockedAsync(isFull: false, progress, cancellationToken);

    /// <summary>Compares everything.</summary>
    /// <inheritdoc cref="FollowAsync"/>
    public Task<FailedBatchSyncReport> RebuildAsync(Action<long>? progress, CancellationToken cancellationToken) =>
        LockedAsync(isFull: true, progress, cancellationToken);

    /// <summary>Reads the notes of a row's replays again: they come long after the hour of its batch.</summary>
    /// <returns>The row as it is now, which the index has too.</returns>
    public async Task<FailedBatchRow> RefreshAsync(FailedBatchRow row, CancellationToken cancellationToken)
    {
        // Other damage is found by listing, and only by listing known to be gone.
        if (row.Manifest is null || (row.Damage is { } damage && damage.Defect != FailedBatchDefect.AttemptDamaged))
        {
            return row;
        }

        var fresh = await RowOfAsync(new FailedBatchEntry(row.Folder, row.Manifest, null), cancellationToken);
        await index.UpsertAsync([fresh], cancellationToken);
        return fresh;
    }

    private async Task<FailedBatchSyncReport> LockedAsync(bool isFull, Action<long>? progress, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await ExecuteAsync(connection, $"SELECT pg_advisory_lock({LockKey})", cancellationToken);
        try
        {
            var now = clock.GetUtcNow();
            var last = await LastAsync(connection, cancellationToken);
            var from = isFull || last is null || now - last.Value.FullAt >= FullInterval || last.Value.SyncedAt > now ? null : (DateTimeOffset?)HourOf(last.Value.SyncedAt - Safety);
            var report = await SyncAsync(from, progress, cancellationToken);
            if (from is { } since)
            {
                await FollowReplaysAsync(since, cancellationToken);
            }

            await NoteAsync(connection, now, from is null, cancellationToken);
            return report;
        }
        finally
        {
            // A connection that broke has lost the lock already; asking it to unlock would hide why it broke.
            if (connection.FullState == System.Data.ConnectionState.Open)
            {
                await ExecuteAsync(connection, $"SELECT pg_advisory_unlock({LockKey})", CancellationToken.None);
            }
        }
    }

    private async Task<FailedBatchSyncReport> SyncAsync(DateTimeOffset? from, Action<long>? progress, CancellationToken cancellationToken)
    {
        var report = new FailedBatchSyncReport(from is null, from, 0, 0, 0);

        // The hour's own name sorts before every folder in it.
        var reached = from is { } hour ? hour.ToString("'failed/date='yyyy-MM-dd'/hour='HH", CultureInfo.InvariantCulture) : "";
        var chunk = new List<FailedBatchEntry>(ChunkSize);
        await foreach (var entry in failures.ListAsync(from, null, cancellationToken))
        {
            chunk.Add(entry);
            if (chunk.Count == ChunkSize)
            {
                (report, reached) = await KeepAsync(report, chunk, reached, isLast: false, cancellationToken);
                progress?.Invoke(report.Batches);
                chunk.Clear();
            }
        }

        (report, _) = await KeepAsync(report, chunk, reached, isLast: true, cancellationToken);
        progress?.Invoke(report.Batches);
        return report;
    }

    private async Task<(FailedBatchSyncReport Report, string Reached)> KeepAsync(
        FailedBatchSyncReport report, List<FailedBatchEntry> chunk, string reached, bool isLast, CancellationToken cancellationToken)
    {
        var rows = new FailedBatchRow[chunk.Count];
        await Parallel.ForAsync(
            0,
            chunk.Count,
            new ParallelOptions { MaxDegreeOfParallelism = ReadsAtOnce, CancellationToken = cancellationToken },
            async (at, token) => rows[at] = await RowOfAsync(chunk[at], token));
        await index.UpsertAsync(rows, cancellationToken);
        var folders = rows.Select(row => row.Folder).ToList();
        var end = folders.Append(reached).Max(StringComparer.Ordinal)!;
        var removed = await index.KeepOnlyAsync(reached, isLast ? null : end, folders, cancellationToken);
        var damaged = rows.Count(row => row.State == FailedBatchState.Damaged);
        return (report with { Batches = report.Batches + rows.Length, Damaged = report.Damaged + damaged, Removed = report.Removed + removed }, end);
    }

    private async Task<FailedBatchRow> RowOfAsync(FailedBatchEntry entry, CancellationToken cancellationToken)
    {
        var attempts = new List<ReplayAttempt>();
        if (entry.Manifest is null)
        {
            return FailedBatchRowRule.RowOf(entry, attempts, null);
        }

        try
        {
            await foreach (var attempt in failures.ReadAttemptsAsync(entry.Manifest, cancellationToken))
            {
                attempts.Add(attempt);
            }

            return FailedBatchRowRule.RowOf(entry, attempts, null);
        }
        catch (FailedBatchDamagedException damaged)
        {
            return FailedBatchRowRule.RowOf(entry, attempts, damaged.Damage);
        }
    }

    // A replay that noted its attempt and died before it told the index.
    private async Task FollowReplaysAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        FailedBatchCursor? cursor = null;
        while (true)
        {
            var ids = await ReplayedSinceAsync(since, cancellationToken);
            var rows = ids.Length == 0 ? [] : await index.ListAsync(new FailedBatchFilter { Ids = ids }, cursor, ChunkSize, isNewestFirst: false, cancellationToken);
            await Parallel.ForEachAsync(
                rows,
                new ParallelOptions { MaxDegreeOfParallelism = ReadsAtOnce, CancellationToken = cancellationToken },
                async (row, token) => await RefreshAsync(row, token));
            if (rows.Count < ChunkSize)
            {
                return;
            }

            cursor = FailedBatchCursor.Behind(rows[^1]);
        }
    }

    private async Task<Guid[]> ReplayedSinceAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("SELECT array_agg(DISTINCT batch_id) FROM replay_pieces WHERE batch_id IS NOT NULL AND finished_at >= $1");
        command.Parameters.AddTime(since);
        return await command.ExecuteScalarAsync(cancellationToken) as Guid[] ?? [];
    }

    private static DateTimeOffset HourOf(DateTimeOffset time) => new(time.Year, time.Month, time.Day, time.Hour, 0, 0, TimeSpan.Zero);

    private async Task<(DateTimeOffset SyncedAt, DateTimeOffset FullAt)?> LastAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT synced_at, full_at FROM failed_batch_sync WHERE location = $1", connection);
        command.Parameters.AddText(failures.Location);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        return await rows.ReadAsync(cancellationToken) ? (rows.GetFieldValue<DateTimeOffset>(0), rows.GetFieldValue<DateTimeOffset>(1)) : null;
    }

    private async Task NoteAsync(NpgsqlConnection connection, DateTimeOffset time, bool isFull, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO failed_batch_sync (synced_at, full_at, location) VALUES ($1, $1, $3)
            ON CONFLICT (one) DO UPDATE SET synced_at = excluded.synced_at, location = excluded.location, full_at = CASE WHEN $2 THEN excluded.full_at ELSE failed_batch_sync.full_at END
            """,
            connection);
        command.Parameters.AddTime(time);
        command.Parameters.Add(NpgsqlDbType.Boolean, isFull);
        command.Parameters.AddText(failures.Location);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // Waiting for another sync takes as long as that one.
    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
