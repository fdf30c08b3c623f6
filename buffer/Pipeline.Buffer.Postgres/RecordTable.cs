using Npgsql;
using Pipeline.Schemas;
using Pipeline.Schemas.Records;

namespace Pipeline.Buffer.Postgres;

/// <summary>Reads records of one topic in offset order.</summary>
internal sealed class RecordTable(NpgsqlDataSource source, string topic)
{
    // Records are a few to a few hundred kilobytes; a page of this many rarely needs cutting by bytes.
    private const int PageRecords = 256;

    internal async Task<List<BufferedRecord>> ReadAsync(int partition, long fromOffset, long maxBytes, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            """
            SELECT "offset", schema_version, trace_parent, appended_at, value FROM log_records
            WHERE topic = $1 AND partition = $2 AND "offset" >= $3 ORDER BY "offset" LIMIT $4
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = topic });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = partition });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = fromOffset });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = PageRecords });
        var records = new List<BufferedRecord>();
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (maxBytes > 0 && await rows.ReadAsync(cancellationToken))
        {
            var headers = new RecordHeaders(
                await rows.IsDBNullAsync(1, cancellationToken) ? null : rows.GetString(1),
                await rows.IsDBNullAsync(2, cancellationToken) ? null : rows.GetString(2));
            var appendedAt = UnixMicros.From(rows.GetFieldValue<DateTimeOffset>(3));
            var value = rows.GetFieldValue<byte[]>(4);
            records.Add(new BufferedRecord(topic, partition, rows.GetInt64(0), appendedAt, headers, value));
            maxBytes -= value.Length;
        }

        return records;
    }

    /// <summary>Where each partition ends.</summary>
    internal async Task<Dictionary<int, long>> ReadEndsAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("SELECT partition, next_offset FROM log_partitions WHERE topic = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = topic });
        var ends = new Dictionary<int, long>();
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            ends.Add(rows.GetInt32(0), rows.GetInt64(1));
        }

        return ends;
    }
}
