using Npgsql;

namespace Pipeline.Buffer.Postgres;

/// <summary>Deletes records that every group has committed and that are older than a time.</summary>
/// <remarks>What any group has not committed stays, however old: running out of disk is visible, losing unread records is not.</remarks>
public sealed class PostgresLogRetention(NpgsqlDataSource source, string topic, TimeSpan retention)
{
    private const int ChunkRecords = 1000;

    /// <summary>Deletes one chunk per partition.</summary>
    /// <returns>How many records were deleted; call again while it is not 0.</returns>
    public async Task<int> DeleteChunkAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            """
            WITH safe AS (
                SELECT p.partition, min(coalesce(l.committed_offset, 0)) AS below
                FROM log_partitions p JOIN log_leases l ON l.topic = p.topic AND l.partition = p.partition
                WHERE p.topic = $1 GROUP BY p.partition
            ), old AS (
                SELECT r.partition, r."offset" FROM safe s, LATERAL (
                    SELECT partition, "offset" FROM log_records
                    WHERE topic = $1 AND partition = s.partition AND "offset" < s.below AND appended_at < now() - $2
                    ORDER BY "offset" LIMIT $3) r
            ), gone AS (
                DELETE FROM log_records r USING old WHERE r.topic = $1 AND r.partition = old.partition AND r."offset" = old."offset"
                RETURNING r.partition, r."offset"
            ), moved AS (
                UPDATE log_partitions p SET first_offset = greatest(p.first_offset, g.next)
                FROM (SELECT partition, max("offset") + 1 AS next FROM gone GROUP BY partition) g
                WHERE p.topic = $1 AND p.partition = g.partition
            )
            SELECT count(*)::int FROM gone
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = topic });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = retention });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = ChunkRecords });
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
