using Npgsql;

namespace Pipeline.Buffer.Postgres;

/// <summary>The statements behind one member's leases; all times are the database's.</summary>
/// <remarks>
/// Whatever locks several leases locks them in the order of partitions, and nobody waits for another's member row: a commit, a renewal and
/// another member's take-over may cross, and must never deadlock. Times are read after the locks are taken, so a wait costs no lease.
/// </remarks>
internal sealed class LeaseTable(NpgsqlDataSource source, PostgresLogOptions log, ReaderOptions reader)
{
    internal RecordTable Records { get; } = new(source, log.Topic, log.LeaseDuration);

    /// <summary>Says that this member lives and returns the partitions that are its share among all living ones.</summary>
    /// <remarks>Share = position in the sorted list of members, so every member computes the same split without talking to the others.</remarks>
    internal async Task<HashSet<int>> BeatAsync(CancellationToken cancellationToken)
    {
        await using var batch = CreateBatch();
        batch.BatchCommands.Add(Command(
            """
            INSERT INTO log_members (topic, consumer_group, member, expires_at) VALUES ($1, $2, $3, clock_timestamp() + $4)
            ON CONFLICT (topic, consumer_group, member) DO UPDATE SET expires_at = excluded.expires_at
            """,
            new NpgsqlParameter<TimeSpan> { TypedValue = log.LeaseDuration }));

        // A row that is locked is being refreshed by its owner: it is not dead after all.
        batch.BatchCommands.Add(Command(
            """
            DELETE FROM log_members WHERE topic = $1 AND consumer_group = $2 AND member IN (
                SELECT member FROM log_members
                WHERE topic = $1 AND consumer_group = $2 AND member <> $3 AND expires_at < clock_timestamp() FOR UPDATE SKIP LOCKED)
            """));
        batch.BatchCommands.Add(Command(
            """
            SELECT p.partition
            FROM log_partitions p,
                (SELECT count(*) AS members, count(*) FILTER (WHERE member < $3) AS position FROM log_members WHERE topic = $1 AND consumer_group = $2) m
            WHERE p.topic = $1 AND p.partition % m.members = m.position
            """));
        return await ReadPartitionsAsync(await batch.ExecuteReaderAsync(cancellationToken), cancellationToken);
    }

    /// <summary>Takes partitions that nobody holds, or whose holder was silent for too long.</summary>
    internal async Task<List<PartitionLease>> AcquireAsync(int[] partitions, CancellationToken cancellationToken)
    {
        await using var batch = CreateBatch();

        // Retention holds this lock while it decides: it must not delete what a group begins to read at the same moment.
        batch.BatchCommands.Add(TopicLock.ShareCommand(log.Topic));
        batch.BatchCommands.Add(Command(
            "INSERT INTO log_leases (topic, consumer_group, partition) SELECT $1, $2, p FROM unnest($4) AS a (p) ORDER BY p ON CONFLICT DO NOTHING",
            new NpgsqlParameter<int[]> { TypedValue = partitions }));
        batch.BatchCommands.Add(Command(
            """
            WITH free AS MATERIALIZED (
                SELECT partition FROM log_leases
                WHERE topic = $1 AND consumer_group = $2 AND partition = ANY($4) AND (owner IS NULL OR owner = $3 OR lease_until < clock_timestamp())
                ORDER BY partition FOR UPDATE
            )
            UPDATE log_leases l SET owner = $3, epoch = l.epoch + 1, lease_until = clock_timestamp() + $5
            FROM free JOIN log_partitions p USING (partition)
            WHERE l.topic = $1 AND l.consumer_group = $2 AND l.partition = free.partition AND p.topic = $1
            RETURNING l.partition, l.epoch, l.committed_offset
            """,
            new NpgsqlParameter<int[]> { TypedValue = partitions },
            new NpgsqlParameter<TimeSpan> { TypedValue = log.LeaseDuration }));
        var leases = new List<PartitionLease>();
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        do
        {
            while (rows.FieldCount == 3 && await rows.ReadAsync(cancellationToken))
            {
                leases.Add(new PartitionLease(rows.GetInt32(0), rows.GetInt64(1), rows.IsDBNull(2) ? null : rows.GetInt64(2)));
            }
        }
        while (await rows.NextResultAsync(cancellationToken));

        return leases;
    }

    /// <summary>Extends the leases and returns the partitions that are still held.</summary>
    internal Task<HashSet<int>> RenewAsync(IReadOnlyList<PartitionLease> leases, CancellationToken cancellationToken) => UpdateAsync(
        "lease_until = clock_timestamp() + $7",
        leases,
        new long[leases.Count],
        cancellationToken,
        new NpgsqlParameter<TimeSpan> { TypedValue = log.LeaseDuration });

    /// <summary>Gives partitions back.</summary>
    internal Task<HashSet<int>> ReleaseAsync(IReadOnlyList<PartitionLease> leases, CancellationToken cancellationToken) =>
        UpdateAsync("owner = NULL, lease_until = NULL", leases, new long[leases.Count], cancellationToken);

    /// <summary>Commits offsets of partitions that are still held, and returns those; a commit never goes back.</summary>
    internal Task<HashSet<int>> CommitAsync(IReadOnlyList<PartitionLease> leases, long[] offsets, CancellationToken cancellationToken) =>
        UpdateAsync("committed_offset = greatest(coalesce(committed_offset, 0), held.next)", leases, offsets, cancellationToken);

    /// <summary>Drops the committed offset of a partition that is still held, because the log was made anew: later commits are lower.</summary>
    internal Task<HashSet<int>> ForgetCommitAsync(PartitionLease lease, CancellationToken cancellationToken) =>
        UpdateAsync("committed_offset = NULL", [lease], [0], cancellationToken);

    /// <summary>Leaves the group: the others need not wait for the lease to run out.</summary>
    internal async Task LeaveAsync(CancellationToken cancellationToken)
    {
        await using var batch = CreateBatch();
        batch.BatchCommands.Add(Command(
            """
            WITH held AS MATERIALIZED (
                SELECT partition FROM log_leases WHERE topic = $1 AND consumer_group = $2 AND owner = $3 ORDER BY partition FOR UPDATE
            )
            UPDATE log_leases l SET owner = NULL, lease_until = NULL FROM held
            WHERE l.topic = $1 AND l.consumer_group = $2 AND l.partition = held.partition
            """));
        batch.BatchCommands.Add(Command("DELETE FROM log_members WHERE topic = $1 AND consumer_group = $2 AND member = $3"));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    // The owner and the epoch are checked on the locked, newest version of a row: an older owner changes nothing.
    private async Task<HashSet<int>> UpdateAsync(
        string change,
        IReadOnlyList<PartitionLease> leases,
        long[] offsets,
        CancellationToken cancellationToken,
        params NpgsqlParameter[] more)
    {
        await using var command = source.CreateCommand(
            $"""
            WITH held AS MATERIALIZED (
                SELECT l.partition, a.next FROM log_leases l JOIN unnest($4, $5, $6) AS a (partition, epoch, next) ON l.partition = a.partition
                WHERE l.topic = $1 AND l.consumer_group = $2 AND l.owner = $3 AND l.epoch = a.epoch
                ORDER BY l.partition FOR UPDATE OF l
            )
            UPDATE log_leases l SET {change} FROM held
            WHERE l.topic = $1 AND l.consumer_group = $2 AND l.partition = held.partition RETURNING l.partition
            """);
        command.CommandTimeout = PostgresTimeout.SecondsOf(log.LeaseDuration);
        AddIdentity(command.Parameters);
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. leases.Select(lease => lease.Partition)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. leases.Select(lease => lease.Epoch)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = offsets });
        foreach (var parameter in more)
        {
            command.Parameters.Add(parameter);
        }

        return await ReadPartitionsAsync(await command.ExecuteReaderAsync(cancellationToken), cancellationToken);
    }

    private static async Task<HashSet<int>> ReadPartitionsAsync(NpgsqlDataReader rows, CancellationToken cancellationToken)
    {
        await using (rows)
        {
            var partitions = new HashSet<int>();
            while (await rows.ReadAsync(cancellationToken))
            {
                partitions.Add(rows.GetInt32(0));
            }

            return partitions;
        }
    }

    // A statement that takes longer than the lease is worth nothing when it comes back.
    private NpgsqlBatch CreateBatch()
    {
        var batch = source.CreateBatch();
        batch.Timeout = PostgresTimeout.SecondsOf(log.LeaseDuration);
        return batch;
    }

    private NpgsqlBatchCommand Command(string sql, params NpgsqlParameter[] more)
    {
        var command = new NpgsqlBatchCommand(sql);
        AddIdentity(command.Parameters);
        foreach (var parameter in more)
        {
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private void AddIdentity(NpgsqlParameterCollection parameters)
    {
        parameters.Add(new NpgsqlParameter<string> { TypedValue = log.Topic });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = reader.Group });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = reader.MemberId });
    }
}
