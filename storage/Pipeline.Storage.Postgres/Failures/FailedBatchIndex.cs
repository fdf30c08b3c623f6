using Npgsql;
using NpgsqlTypes;
using Pipeline.Schemas.Errors;
using Pipeline.Storage.Failures;
using Pipeline.Storage.Migrations;
using Pipeline.Storage.Postgres.Migrations;

namespace Pipeline.Storage.Postgres.Failures;

/// <summary>The failed batches in Postgres, to be listed and filtered without opening objects. Derived: <see cref="FailedBatchSync"/> makes it.</summary>
/// <remarks>Thread-safe. Every member throws <see cref="NpgsqlException"/> when Postgres cannot be reached or refused.</remarks>
public sealed class FailedBatchIndex(NpgsqlDataSource source) : IFailedBatchIndex
{
    private const string MigrationName = "0003_failed_batches.sql";
    private const string Columns = "folder, batch_id, state, failed_at, class, manifest::text, defect, defect_detail, replay_attempts, last_attempt_at";

    // Of copies of a batch that was given up twice, the one that is still to be replayed.
    private const string OneOfId =
        "SELECT folder FROM failed_batches WHERE batch_id = $1 AND manifest IS NOT NULL ORDER BY state = 'replayed', state = 'damaged', failed_at, folder LIMIT 1";

    /// <summary>Creates the tables that are missing.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        var migration = PostgresMigrations.BuiltIn().FirstOrDefault(file => file.Name == MigrationName)
            ?? throw new MigrationException($"{MigrationName} is not built in");
        await using var command = source.CreateCommand(migration.Text);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Empties the index, so that the next sync is a full one. No object is touched.</summary>
    public async Task ClearAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("TRUNCATE failed_batches, failed_batch_sync");
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Adds rows, or replaces those of the same folders.</summary>
    public async Task UpsertAsync(IReadOnlyCollection<FailedBatchRow> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
        {
            return;
        }

        await using var batch = source.CreateBatch();

        // In one order everywhere, so that two writers cannot wait for each other.
        foreach (var row in rows.OrderBy(row => row.Folder, StringComparer.Ordinal))
        {
            batch.BatchCommands.Add(FailedBatchUpsert.Of(row));
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc />
    public async ValueTask<FailedBatchManifest?> FindAsync(Guid batchId, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand($"SELECT {Columns} FROM failed_batches WHERE folder = ({OneOfId})");
        command.Parameters.Add(NpgsqlDbType.Uuid, batchId);
        return (await ReadAsync(command, cancellationToken)) is [var row] ? row.Manifest : null;
    }

    /// <inheritdoc />
    public async ValueTask AttemptedAsync(Guid batchId, ReplayAttempt attempt, CancellationToken cancellationToken)
    {
        // What FailedBatchRowRule would say with this note added.
        await using var command = source.CreateCommand(
            $"""
            UPDATE failed_batches SET
                replay_attempts = greatest(replay_attempts, $2),
                last_attempt_at = greatest(last_attempt_at, $3),
                state = CASE WHEN state IN ('damaged', 'replayed') THEN state WHEN $4 OR ($5 AND events = 0) THEN 'replayed' ELSE 'failed_again' END
            WHERE folder = ({OneOfId})
            """);
        command.Parameters.Add(NpgsqlDbType.Uuid, batchId);
        command.Parameters.Add(NpgsqlDbType.Integer, attempt.Number);
        command.Parameters.AddTime(attempt.FinishedAt);
        command.Parameters.Add(NpgsqlDbType.Boolean, attempt.IsWholeFor(events: 1));
        command.Parameters.Add(NpgsqlDbType.Boolean, attempt.IsWholeFor(events: 0));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>A page of the batches that pass the filter, by the time at which they were given up.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="after">Behind which row; null begins at the first.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="isNewestFirst">People look at the newest first; a replay begins with the oldest.</param>
    /// <param name="cancellationToken">Stops the query.</param>
    public async Task<IReadOnlyList<FailedBatchRow>> ListAsync(
        FailedBatchFilter filter, FailedBatchCursor? after, int limit, bool isNewestFirst, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand();
        var where = new FailedBatchCondition(filter, command.Parameters);
        where.After(after, isNewestFirst);
        command.Parameters.Add(NpgsqlDbType.Integer, limit);
        var direction = isNewestFirst ? "DESC" : "ASC";
        command.CommandText =
            $"SELECT {Columns} FROM failed_batches WHERE {where} ORDER BY failed_at {direction}, folder {direction} LIMIT ${command.Parameters.Count}";
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>How many batches pass the filter.</summary>
    public async Task<long> CountAsync(FailedBatchFilter filter, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM failed_batches WHERE {new FailedBatchCondition(filter, command.Parameters)}";
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Takes rows out.</summary>
    public async Task RemoveAsync(IReadOnlyCollection<string> folders, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("DELETE FROM failed_batches WHERE folder = ANY($1)");
        command.Parameters.AddTexts(folders);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Takes out every row of a range of folders but those given.</summary>
    /// <param name="after">Behind this folder.</param>
    /// <param name="upTo">Up to this one, itself included; null for all behind.</param>
    /// <param name="kept">What stays.</param>
    /// <param name="cancellationToken">Stops the statement.</param>
    /// <returns>How many were taken out.</returns>
    internal async Task<int> KeepOnlyAsync(string after, string? upTo, IReadOnlyCollection<string> kept, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("DELETE FROM failed_batches WHERE folder > $1 AND ($2 IS NULL OR folder <= $2) AND folder <> ALL($3)");
        command.Parameters.AddText(after);
        command.Parameters.AddText(upTo);
        command.Parameters.AddTexts(kept);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<IReadOnlyList<FailedBatchRow>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var found = new List<FailedBatchRow>();
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            found.Add(new FailedBatchRow
            {
                Folder = rows.GetString(0),
                BatchId = await rows.IsDBNullAsync(1, cancellationToken) ? null : rows.GetGuid(1),
                State = Words.Parse<FailedBatchState>(rows.GetString(2)),
                FailedAt = rows.GetFieldValue<DateTimeOffset>(3),
                Class = await rows.IsDBNullAsync(4, cancellationToken) ? null : Words.Parse<ErrorClass>(rows.GetString(4)),
                Manifest = await rows.IsDBNullAsync(5, cancellationToken) ? null : StoredJson.Read<FailedBatchManifest>(rows.GetString(5)),
                Damage = await rows.IsDBNullAsync(6, cancellationToken) ? null : new FailedBatchDamage(Words.Parse<FailedBatchDefect>(rows.GetString(6)), rows.GetString(7)),
                ReplayAttempts = rows.GetInt32(8),
                LastAttemptAt = await rows.IsDBNullAsync(9, cancellationToken) ? null : rows.GetFieldValue<DateTimeOffset>(9),
            });
        }

        return found;
    }
}
