using Npgsql;

namespace Pipeline.Buffer.Postgres;

/// <summary>Deletes records that every group has committed and that are older than a time.</summary>
/// <remarks>
/// What any group has not committed stays, however old: running out of disk is visible, losing unread records is not. Beyond
/// <see cref="PostgresRetentionOptions.MaxRetention"/> such records are reported instead, group by group. Each chunk is a transaction of
/// its own, so an append waits for one chunk at most. Safe to run in several processes and to be killed at any time.
/// </remarks>
public sealed class PostgresLogRetention : IEventLogRetention
{
    private readonly NpgsqlDataSource _source;
    private readonly PostgresRetentionOptions _options;

    /// <summary>Creates the retention of one topic.</summary>
    public PostgresLogRetention(NpgsqlDataSource source, PostgresRetentionOptions options)
    {
        _source = source;
        _options = options;
    }

    /// <inheritdoc />
    public async Task<RetentionReport> TrimAsync(CancellationToken cancellationToken)
    {
        var deleted = 0L;
        for (int chunk; (chunk = await DeleteChunkAsync(cancellationToken)) > 0;)
        {
            deleted += chunk;
        }

        return new RetentionReport(deleted, await FindOverdueAsync(cancellationToken));
    }

    /// <summary>Deletes one chunk per partition.</summary>
    /// <returns>How many records were deleted; call again while it is not 0.</returns>
    /// <exception cref="EventLogUnavailableException">Postgres cannot be used now.</exception>
    internal async Task<int> DeleteChunkAsync(CancellationToken cancellationToken)
    {
        try
        {
            var deleted = 0;
            foreach (var partition in await ReadPartitionsAsync(cancellationToken))
            {
                deleted += await DeleteChunkAsync(partition, cancellationToken);
            }

            return deleted;
        }
        catch (Exception fault) when (PostgresFault.IsUnavailable(fault))
        {
            throw new EventLogUnavailableException($"the log in Postgres cannot be trimmed: {fault.Message}", fault);
        }
    }

    private async Task<List<int>> ReadPartitionsAsync(CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand("SELECT partition FROM log_partitions WHERE topic = $1 ORDER BY partition");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = _options.Topic });
        var partitions = new List<int>();
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            partitions.Add(rows.GetInt32(0));
        }

        return partitions;
    }

    // Only a prefix goes, up to the first record that is too young: deleting around it would leave it behind the first offset for ever.
    // The partition's row is touched last: an append waits for the end of this transaction, not for the deletion.
    private async Task<int> DeleteChunkAsync(int partition, CancellationToken cancellationToken)
    {
        await using var batch = _source.CreateBatch();
        batch.BatchCommands.Add(TopicLock.ExclusiveCommand(_options.Topic));
        batch.BatchCommands.Add(Command(
            partition,
            """
            WITH safe AS (
                SELECT min(coalesce(committed_offset, 0)) AS below FROM log_leases WHERE topic = $1 AND partition = $2
            ), page AS (
                SELECT "offset", appended_at < clock_timestamp() - $3 AS is_old FROM log_records
                WHERE topic = $1 AND partition = $2 AND "offset" < (SELECT below FROM safe) ORDER BY "offset" LIMIT $4
            ), bound AS (
                SELECT coalesce(min("offset") FILTER (WHERE NOT is_old), max("offset") + 1) AS below FROM page
            ), gone AS (
                DELETE FROM log_records WHERE topic = $1 AND partition = $2 AND "offset" < (SELECT below FROM bound) RETURNING "offset"
            )
            UPDATE log_partitions SET first_offset = greatest(first_offset, (SELECT max("offset") + 1 FROM gone))
            WHERE topic = $1 AND partition = $2 AND EXISTS (SELECT FROM gone)
            RETURNING (SELECT count(*)::int FROM gone)
            """,
            _options.Retention,
            new NpgsqlParameter<int> { TypedValue = _options.ChunkRecords }));
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        await rows.NextResultAsync(cancellationToken);
        return await rows.ReadAsync(cancellationToken) ? rows.GetInt32(0) : 0;
    }

    private async Task<IReadOnlyList<OverdueRecords>> FindOverdueAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = _source.CreateCommand(
                """
                SELECT l.consumer_group, p.partition, greatest(p.first_offset, coalesce(l.committed_offset, 0)), p.next_offset, r.appended_at
                FROM log_partitions p
                JOIN log_leases l ON l.topic = p.topic AND l.partition = p.partition
                JOIN LATERAL (
                    SELECT appended_at FROM log_records WHERE topic = p.topic AND partition = p.partition AND "offset" >= coalesce(l.committed_offset, 0)
                    ORDER BY "offset" LIMIT 1) r ON r.appended_at < clock_timestamp() - $2
                WHERE p.topic = $1 ORDER BY l.consumer_group, p.partition
                """);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = _options.Topic });
            command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = _options.MaxRetention });
            var overdue = new List<OverdueRecords>();
            await using var rows = await command.ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken))
            {
                overdue.Add(new OverdueRecords(
                    rows.GetString(0), rows.GetInt32(1), rows.GetInt64(2), rows.GetInt64(3), rows.GetFieldValue<DateTimeOffset>(4)));
            }

            return overdue;
        }
        catch (Exception fault) when (PostgresFault.IsUnavailable(fault))
        {
            throw new EventLogUnavailableException($"the log in Postgres cannot be read: {fault.Message}", fault);
        }
    }

    private NpgsqlBatchCommand Command(int partition, string sql, TimeSpan age, NpgsqlParameter limit)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = _options.Topic });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = partition });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = age });
        command.Parameters.Add(limit);
        return command;
    }
}
