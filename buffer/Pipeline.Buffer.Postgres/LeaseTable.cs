using Npgsql;

namespace Pipeline.Buffer.Postgres;

/// <summary>The statements behind one member's leases; all times are the database's.</summary>
internal sealed class LeaseTable(NpgsqlDataSource source, PostgresLogOptions log, ReaderOptions reader)
{
    internal RecordTable Records { get; } = new(source, log.Topic);

    /// <summary>Says that this member lives and returns the partitions that are its share among all living ones.</summary>
    /// <remarks>Share = position in the sorted list of members, so every member computes the same split without talking to the others.</remarks>
    internal async Task<HashSet<int>> BeatAsync(CancellationToken cancellationToken)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Command(
            """
            INSERT INTO log_members (topic, consumer_group, member, expires_at) VALUES ($1, $2, $3, now() + $4)
            ON CONFLICT (topic, consumer_group, member) DO UPDATE SET expires_at = excluded.expires_at
            """,
            new NpgsqlParameter<TimeSpan> { TypedValue = log.LeaseDuration }));
        batch.BatchCommands.Add(Command("DELETE FROM log_members WHERE topic = $1 AND consumer_group = $2 AND member <> $3 AND expires_at < now()"));
        batch.BatchCommands.Add(Command(
            """
            SELECT p.partition
            FROM log_partitions p,
                (SELECT count(*) AS members, count(*) FILTER (WHERE member < $3) AS position FROM log_members WHERE topic = $1 AND consumer_group = $2) m
            WHERE p.topic = $1 AND p.partition % m.members = m.position
            """));
        var share = new HashSet<int>();
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            share.Add(rows.GetInt32(0));
        }

        return share;
    }

    /// <summary>Takes partitions that nobody holds, or whose holder was silent for too long.</summary>
    internal async Task<List<PartitionLease>> AcquireAsync(int[] partitions, CancellationToken cancellationToken)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Command(
            """
            INSERT INTO log_leases (topic, consumer_group, partition) SELECT $1, $2, p FROM unnest($4) AS a (p)
            ON CONFLICT DO NOTHING
            """,
            new NpgsqlParameter<int[]> { TypedValue = partitions }));
        batch.BatchCommands.Add(Command(
            """
            UPDATE log_leases l SET owner = $3, epoch = l.epoch + 1, lease_until = now() + $5
            FROM log_partitions p
            WHERE l.topic = $1 AND l.consumer_group = $2 AND l.partition = ANY($4) AND (l.owner IS NULL OR l.owner = $3 OR l.lease_until < now())
                AND p.topic = l.topic AND p.partition = l.partition
            RETURNING l.partition, l.epoch, greatest(coalesce(l.committed_offset, 0), p.first_offset)
            """,
            new NpgsqlParameter<int[]> { TypedValue = partitions },
            new NpgsqlParameter<TimeSpan> { TypedValue = log.LeaseDuration }));
        var leases = new List<PartitionLease>();
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            leases.Add(new PartitionLease(rows.GetInt32(0), rows.GetInt64(1), rows.GetInt64(2)));
        }

        return leases;
    }

    /// <summary>Extends the leases and returns the partitions that are still held.</summary>
    internal Task<HashSet<int>> RenewAsync(IReadOnlyList<PartitionLease> leases, CancellationToken cancellationToken) => UpdateAsync(
        """
        UPDATE log_leases SET lease_until = now() + $6 FROM unnest($4, $5) AS a (p, e)
        WHERE topic = $1 AND consumer_group = $2 AND partition = p AND owner = $3 AND epoch = e RETURNING partition
        """,
        leases,
        cancellationToken,
        new NpgsqlParameter<TimeSpan> { TypedValue = log.LeaseDuration });

    /// <summary>Gives partitions back.</summary>
    internal Task<HashSet<int>> ReleaseAsync(IReadOnlyList<PartitionLease> leases, CancellationToken cancellationToken) => UpdateAsync(
        """
        UPDATE log_leases SET owner = NULL, lease_until = NULL FROM unnest($4, $5) AS a (p, e)
        WHERE topic = $1 AND consumer_group = $2 AND partition = p AND owner = $3 AND epoch = e RETURNING partition
        """,
        leases,
        cancellationToken);

    /// <summary>Commits offsets of partitions that are still held, and returns those; a commit never goes back.</summary>
    internal Task<HashSet<int>> CommitAsync(IReadOnlyList<PartitionLease> leases, long[] offsets, CancellationToken cancellationToken) => UpdateAsync(
        """
        UPDATE log_leases SET committed_offset = greatest(coalesce(committed_offset, 0), o) FROM unnest($4, $5, $6) AS a (p, e, o)
        WHERE topic = $1 AND consumer_group = $2 AND partition = p AND owner = $3 AND epoch = e RETURNING partition
        """,
        leases,
        cancellationToken,
        new NpgsqlParameter<long[]> { TypedValue = offsets });

    /// <summary>Leaves the group: the others need not wait for the lease to run out.</summary>
    internal async Task LeaveAsync(CancellationToken cancellationToken)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Command("UPDATE log_leases SET owner = NULL, lease_until = NULL WHERE topic = $1 AND consumer_group = $2 AND owner = $3"));
        batch.BatchCommands.Add(Command("DELETE FROM log_members WHERE topic = $1 AND consumer_group = $2 AND member = $3"));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<HashSet<int>> UpdateAsync(
        string sql,
        IReadOnlyList<PartitionLease> leases,
        CancellationToken cancellationToken,
        params NpgsqlParameter[] more)
    {
        await using var command = source.CreateCommand(sql);
        AddIdentity(command.Parameters);
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. leases.Select(lease => lease.Partition)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. leases.Select(lease => lease.Epoch)] });
        foreach (var parameter in more)
        {
            command.Parameters.Add(parameter);
        }

        var partitions = new HashSet<int>();
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            partitions.Add(rows.GetInt32(0));
        }

        return partitions;
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
