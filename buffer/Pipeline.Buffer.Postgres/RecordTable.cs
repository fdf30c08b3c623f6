using Npgsql;
using Pipeline.Schemas;
using Pipeline.Schemas.Records;

namespace Pipeline.Buffer.Postgres;

/// <summary>Reads records of one topic in offset order.</summary>
/// <param name="source">Connections.</param>
/// <param name="topic">Topic.</param>
/// <param name="timeout">How long one statement may take; a server that hangs is then a server that is away.</param>
internal sealed class RecordTable(NpgsqlDataSource source, string topic, TimeSpan timeout)
{
    // Bounds the rows that the cut by bytes must look at when records are tiny.
    private const int PageRecords = 1024;

    /// <summary>Reads the records from an offset on, up to that many bytes but at least one.</summary>
    /// <remarks>The server cuts the page: what it sends cannot be taken back, and a page of large records would have to be read to its end.</remarks>
    internal async Task<List<BufferedRecord>> ReadAsync(int partition, long fromOffset, long maxBytes, CancellationToken cancellationToken)
    {
        // The length of a value is known without reading it.
        await using var command = source.CreateCommand(
            """
            SELECT "offset", schema_version, trace_parent, appended_at, value FROM (
                SELECT *, sum(octet_length(value)) OVER (ORDER BY "offset") - octet_length(value) AS bytes_before FROM (
                    SELECT "offset", schema_version, trace_parent, appended_at, value FROM log_records
                    WHERE topic = $1 AND partition = $2 AND "offset" >= $3 ORDER BY "offset" LIMIT $4) page) r
            WHERE bytes_before < $5 ORDER BY "offset"
            """);
        command.CommandTimeout = PostgresTimeout.SecondsOf(timeout);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = topic });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = partition });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = fromOffset });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = PageRecords });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = Math.Max(1, maxBytes) });
        var records = new List<BufferedRecord>();
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            var headers = new RecordHeaders(
                await rows.IsDBNullAsync(1, cancellationToken) ? null : rows.GetString(1),
                await rows.IsDBNullAsync(2, cancellationToken) ? null : rows.GetString(2));
            var appendedAt = UnixMicros.From(rows.GetFieldValue<DateTimeOffset>(3));
            records.Add(new BufferedRecord(topic, partition, rows.GetInt64(0), appendedAt, headers, rows.GetFieldValue<byte[]>(4)));
        }

        return records;
    }

    /// <summary>When the first record at or behind each offset was appended; a partition without one is left out.</summary>
    internal async Task<Dictionary<int, DateTimeOffset>> ReadAppendTimesAsync(IReadOnlyCollection<PartitionOffset> offsets, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            """
            SELECT a.partition, r.appended_at
            FROM unnest($2, $3) AS a (partition, next)
            JOIN LATERAL (
                SELECT appended_at FROM log_records WHERE topic = $1 AND partition = a.partition AND "offset" >= a.next ORDER BY "offset" LIMIT 1) r ON true
            """);
        command.CommandTimeout = PostgresTimeout.SecondsOf(timeout);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = topic });
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. offsets.Select(next => next.Partition)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. offsets.Select(next => next.Offset)] });
        var times = new Dictionary<int, DateTimeOffset>();
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            times.Add(rows.GetInt32(0), rows.GetFieldValue<DateTimeOffset>(1));
        }

        return times;
    }

    /// <summary>The oldest offset held and the end of each partition.</summary>
    internal async Task<Dictionary<int, (long First, long End)>> ReadBoundsAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("SELECT partition, first_offset, next_offset FROM log_partitions WHERE topic = $1");
        command.CommandTimeout = PostgresTimeout.SecondsOf(timeout);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = topic });
        var bounds = new Dictionary<int, (long First, long End)>();
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            bounds.Add(rows.GetInt32(0), (rows.GetInt64(1), rows.GetInt64(2)));
        }

        return bounds;
    }
}
