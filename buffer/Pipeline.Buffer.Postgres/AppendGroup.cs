using System.Diagnostics.CodeAnalysis;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Pipeline.Buffer.Postgres;

/// <summary>The appends of one transaction, as the columns that the statement takes.</summary>
/// <remarks>
/// <para>
/// One statement does it all: it locks the rows of the partitions in their order, moves them, and stores the records behind the old ends. It is
/// its own transaction, so that no lock is ever held while a client thinks, pauses or dies: it either arrived whole or did not happen.
/// </para>
/// Used by the writing loop alone; the arrays are made anew for each group, their cost is small against the values.
/// </remarks>
internal sealed class AppendGroup(string topic)
{
    // "locked" waits for the other writers and returns the newest rows; the update then meets rows that nobody else can move.
    private const string Sql =
        """
        WITH locked AS MATERIALIZED (
            SELECT partition, next_offset FROM log_partitions WHERE topic = $1 AND partition = ANY($2) ORDER BY partition FOR UPDATE
        ), moved AS (
            UPDATE log_partitions p SET next_offset = l.next_offset + c.records
            FROM locked l JOIN unnest($2, $3) AS c (partition, records) USING (partition)
            WHERE p.topic = $1 AND p.partition = l.partition
            RETURNING p.partition, l.next_offset AS base
        ), stored AS (
            INSERT INTO log_records (topic, partition, "offset", key, schema_version, trace_parent, appended_at, value)
            SELECT $1, r.partition, m.base + r.place, r.key, r.schema_version, r.trace_parent, clock_timestamp(), r.value
            FROM unnest($4, $5, $6, $7, $8, $9) AS r (partition, place, key, schema_version, trace_parent, value)
            JOIN moved m ON m.partition = r.partition
        )
        SELECT partition, base FROM moved
        """;

    private readonly List<PendingAppend> _appends = [];
    private readonly List<long> _places = [];
    private readonly Dictionary<int, long> _counts = [];

    internal int Count => _appends.Count;

    internal void Clear()
    {
        _appends.Clear();
        _places.Clear();
        _counts.Clear();
    }

    internal void Add(PendingAppend append)
    {
        var place = _counts.GetValueOrDefault(append.Partition);
        _counts[append.Partition] = place + 1;
        _appends.Add(append);
        _places.Add(place);
    }

    /// <summary>Writes the group; every append of a partition that exists is answered when it returns.</summary>
    internal async Task WriteAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var command = CreateCommand(connection);

        // Once per connection; later groups then need neither parsing nor planning.
        await command.PrepareAsync(cancellationToken);
        var bases = new Dictionary<int, long>(_counts.Count);
        await using (var rows = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await rows.ReadAsync(cancellationToken))
            {
                bases.Add(rows.GetInt32(0), rows.GetInt64(1));
            }
        }

        for (var i = 0; i < _appends.Count; i++)
        {
            if (bases.TryGetValue(_appends[i].Partition, out var start))
            {
                _appends[i].Complete(start + _places[i]);
            }
            else
            {
                _appends[i].Fail($"topic {topic} has no partition {_appends[i].Partition} any more");
            }
        }
    }

    internal void Fail(string reason)
    {
        foreach (var append in _appends)
        {
            append.Fail(reason);
        }
    }

    private NpgsqlCommand CreateCommand(NpgsqlConnection connection)
    {
        var partitions = new int[Count];
        var keys = new string[Count];
        var schemaVersions = new string?[Count];
        var traceParents = new string?[Count];
        var values = new byte[Count][];
        for (var i = 0; i < Count; i++)
        {
            var append = _appends[i];
            partitions[i] = append.Partition;
            keys[i] = TextOf(append.Key);
            schemaVersions[i] = TextOf(append.Headers.SchemaVersion);
            traceParents[i] = TextOf(append.Headers.TraceParent);
            values[i] = append.Value;
        }

        var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = topic });
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. _counts.Keys] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. _counts.Values] });
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = partitions });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. _places] });
        command.Parameters.Add(new NpgsqlParameter { Value = keys, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter { Value = schemaVersions, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter { Value = traceParents, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter { Value = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
        return command;
    }

    // Clients choose parts of these texts. Postgres refuses a NUL and half a surrogate pair, and with them the whole group would fail.
    [return: NotNullIfNotNull(nameof(text))]
    private static string? TextOf(string? text) => text is null || (!text.Contains('\0', StringComparison.Ordinal) && !text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
        ? text
        : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD');
}
