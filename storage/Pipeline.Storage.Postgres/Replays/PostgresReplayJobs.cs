using Npgsql;
using NpgsqlTypes;
using Pipeline.Storage.Postgres.Audit;
using Pipeline.Storage.Replays;

namespace Pipeline.Storage.Postgres.Replays;

/// <summary>Replays in Postgres. A job's counts are the sums over its pieces, so that a piece that is done twice counts once.</summary>
/// <remarks>Every member throws <see cref="NpgsqlException"/> when Postgres cannot be reached or refused.</remarks>
public sealed class PostgresReplayJobs(NpgsqlDataSource source) : IReplayJobs
{
    private const string JobColumns =
        """
        SELECT id, created_at, actor, reason, state, limits::text, forecast::text, rate, note, updated_at, pieces, pieces_done, attempted, stored, unchanged, failed
        FROM replay_jobs, LATERAL (
            SELECT count(*)::int AS pieces, count(*) FILTER (WHERE p.state <> 'waiting')::int AS pieces_done,
                coalesce(sum(p.attempted), 0)::bigint AS attempted, coalesce(sum(p.stored), 0)::bigint AS stored,
                coalesce(sum(p.unchanged), 0)::bigint AS unchanged, coalesce(sum(p.failed), 0)::bigint AS failed
            FROM replay_pieces p WHERE p.job_id = replay_jobs.id) AS sums
        """;

    private const string PieceColumns = "SELECT number, source, state, attempted, stored, unchanged, failed, error FROM replay_pieces WHERE job_id = $1";

    /// <inheritdoc />
    public async ValueTask CreateAsync(ReplayJob job, IReadOnlyList<ReplaySource> sources, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var command = new NpgsqlCommand(
            "INSERT INTO replay_jobs (id, created_at, actor, reason, state, limits, forecast, rate, note, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", connection))
        {
            command.Parameters.Add(NpgsqlDbType.Uuid, job.Id);
            command.Parameters.AddTime(job.CreatedAt);
            command.Parameters.AddText(job.Actor);
            command.Parameters.AddText(job.Reason);
            command.Parameters.AddText(Words.Of(job.State));
            command.Parameters.Add(NpgsqlDbType.Json, StoredJson.Write(job.Limits));
            command.Parameters.Add(NpgsqlDbType.Json, StoredJson.Write(job.Forecast));
            command.Parameters.Add(NpgsqlDbType.Double, job.Rate);
            command.Parameters.AddText(job.Note);
            command.Parameters.AddTime(job.UpdatedAt);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await CopyAsync(connection, job.Id, sources, cancellationToken);
        var detail = new Dictionary<string, string>(StringComparer.Ordinal) { ["pieces"] = $"{sources.Count}", ["state"] = Words.Of(job.State) };
        await AuditLog.WriteAsync(connection, new AuditEntry(job.Actor, "replay.create", job.Id.ToString(), job.Reason, detail), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <inheritdoc />
    public async ValueTask<ReplayJob?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand($"{JobColumns} WHERE id = $1");
        command.Parameters.Add(NpgsqlDbType.Uuid, id);
        return await JobsAsync(command, cancellationToken) is [var job] ? job : null;
    }

    /// <inheritdoc />
    public async ValueTask<IReadOnlyList<ReplayJob>> ListAsync(int limit, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand($"{JobColumns} ORDER BY created_at DESC, id LIMIT $1");
        command.Parameters.Add(NpgsqlDbType.Integer, limit);
        return await JobsAsync(command, cancellationToken);
    }

    /// <inheritdoc />
    public ValueTask<IReadOnlyList<ReplayPiece>> WaitingPiecesAsync(Guid id, int limit, CancellationToken cancellationToken) =>
        PiecesAsync($"{PieceColumns} AND state = 'waiting' ORDER BY number LIMIT $2", id, limit, cancellationToken);

    /// <inheritdoc />
    public ValueTask<IReadOnlyList<ReplayPiece>> FailedPiecesAsync(Guid id, int limit, CancellationToken cancellationToken) =>
        PiecesAsync($"{PieceColumns} AND (state = 'refused' OR failed > 0) ORDER BY number LIMIT $2", id, limit, cancellationToken);

    /// <inheritdoc />
    public async ValueTask FinishPieceAsync(Guid id, ReplayPiece piece, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            """
            WITH piece AS (
                UPDATE replay_pieces SET state = $3, attempted = $4, stored = $5, unchanged = $6, failed = $7, error = $8, finished_at = now()
                WHERE job_id = $1 AND number = $2 RETURNING job_id)
            UPDATE replay_jobs SET updated_at = now() FROM piece WHERE replay_jobs.id = piece.job_id
            """);
        command.Parameters.Add(NpgsqlDbType.Uuid, id);
        command.Parameters.Add(NpgsqlDbType.Integer, piece.Number);
        command.Parameters.AddText(Words.Of(piece.State));
        command.Parameters.Add(NpgsqlDbType.Bigint, piece.Counts.Attempted);
        command.Parameters.Add(NpgsqlDbType.Bigint, piece.Counts.Stored);
        command.Parameters.Add(NpgsqlDbType.Bigint, piece.Counts.Unchanged);
        command.Parameters.Add(NpgsqlDbType.Bigint, piece.Counts.Failed);
        command.Parameters.AddText(piece.Error);
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            throw new InvalidOperationException($"replay {id} has no piece {piece.Number}");
        }
    }

    /// <inheritdoc />
    public async ValueTask<bool> ChangeStateAsync(
        Guid id, IReadOnlyList<ReplayJobState> from, ReplayJobState to, string actor, string note, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            WITH before AS (SELECT id, state FROM replay_jobs WHERE id = $1 AND state = ANY($2) FOR UPDATE)
            UPDATE replay_jobs SET state = $3, note = $4, rate = CASE WHEN $3 = 'running' THEN rate ELSE 0 END, updated_at = now()
            FROM before WHERE replay_jobs.id = before.id RETURNING before.state, replay_jobs.reason
            """,
            connection);
        command.Parameters.Add(NpgsqlDbType.Uuid, id);
        command.Parameters.AddTexts(from.Select(Words.Of));
        command.Parameters.AddText(Words.Of(to));
        command.Parameters.AddText(note);
        string before, reason;
        await using (var rows = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (!await rows.ReadAsync(cancellationToken))
            {
                return false;
            }

            (before, reason) = (rows.GetString(0), rows.GetString(1));
        }

        var detail = new Dictionary<string, string>(StringComparer.Ordinal) { ["from"] = before, ["to"] = Words.Of(to), ["note"] = note };
        await AuditLog.WriteAsync(connection, new AuditEntry(actor, "replay.state", id.ToString(), reason, detail), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <inheritdoc />
    public async ValueTask ReportAsync(Guid id, double rate, string note, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("UPDATE replay_jobs SET rate = $2, note = $3, updated_at = now() WHERE id = $1");
        command.Parameters.Add(NpgsqlDbType.Uuid, id);
        command.Parameters.Add(NpgsqlDbType.Double, rate);
        command.Parameters.AddText(note);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc />
    public async ValueTask<IAsyncDisposable?> TryLockAsync(Guid id, CancellationToken cancellationToken) => await ReplayLock.TryTakeAsync(source, id, cancellationToken);

    /// <summary>Of these failed batches, those that a replay is still to read, with the replay.</summary>
    public async Task<IReadOnlyList<(Guid BatchId, Guid JobId)>> ReferringAsync(IReadOnlyCollection<Guid> batchIds, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            """
            SELECT DISTINCT p.batch_id, p.job_id FROM replay_pieces p JOIN replay_jobs j ON j.id = p.job_id
            WHERE p.batch_id = ANY($1) AND j.state IN ('planned', 'running', 'paused') ORDER BY 1, 2
            """);
        command.Parameters.Add(NpgsqlDbType.Array | NpgsqlDbType.Uuid, batchIds.ToArray());
        var found = new List<(Guid, Guid)>();
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            found.Add((rows.GetGuid(0), rows.GetGuid(1)));
        }

        return found;
    }

    private static async Task CopyAsync(NpgsqlConnection connection, Guid id, IReadOnlyList<ReplaySource> sources, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync("COPY replay_pieces (job_id, number, source, batch_id, state) FROM STDIN (FORMAT BINARY)", cancellationToken);
        for (var number = 0; number < sources.Count; number++)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(id, NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(number, NpgsqlDbType.Integer, cancellationToken);
            await copy.WriteAsync(sources[number].ToString(), NpgsqlDbType.Text, cancellationToken);
            if (sources[number].BatchId is { } batch)
            {
                await copy.WriteAsync(batch, NpgsqlDbType.Uuid, cancellationToken);
            }
            else
            {
                await copy.WriteNullAsync(cancellationToken);
            }

            await copy.WriteAsync(Words.Of(ReplayPieceState.Waiting), NpgsqlDbType.Text, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    private async ValueTask<IReadOnlyList<ReplayPiece>> PiecesAsync(string sql, Guid id, int limit, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(sql);
        command.Parameters.Add(NpgsqlDbType.Uuid, id);
        command.Parameters.Add(NpgsqlDbType.Integer, limit);
        var pieces = new List<ReplayPiece>();
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            pieces.Add(new ReplayPiece(
                rows.GetInt32(0),
                ReplaySource.Parse(rows.GetString(1)),
                Words.Parse<ReplayPieceState>(rows.GetString(2)),
                new ReplayCounts(rows.GetInt64(3), rows.GetInt64(4), rows.GetInt64(5), rows.GetInt64(6)),
                await rows.IsDBNullAsync(7, cancellationToken) ? null : rows.GetString(7)));
        }

        return pieces;
    }

    private static async Task<IReadOnlyList<ReplayJob>> JobsAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var jobs = new List<ReplayJob>();
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            jobs.Add(new ReplayJob
            {
                Id = rows.GetGuid(0),
                CreatedAt = rows.GetFieldValue<DateTimeOffset>(1),
                Actor = rows.GetString(2),
                Reason = rows.GetString(3),
                State = Words.Parse<ReplayJobState>(rows.GetString(4)),
                Limits = StoredJson.Read<ReplayLimits>(rows.GetString(5)),
                Forecast = StoredJson.Read<IReadOnlyList<ReplayForecast>>(rows.GetString(6)),
                Rate = rows.GetDouble(7),
                Note = rows.GetString(8),
                UpdatedAt = rows.GetFieldValue<DateTimeOffset>(9),
                Pieces = rows.GetInt32(10),
                PiecesDone = rows.GetInt32(11),
                Done = new ReplayCounts(rows.GetInt64(12), rows.GetInt64(13), rows.GetInt64(14), rows.GetInt64(15)),
            });
        }

        return jobs;
    }
}
