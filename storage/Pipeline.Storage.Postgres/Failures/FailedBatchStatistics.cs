using Npgsql;

namespace Pipeline.Storage.Postgres.Failures;

/// <summary>Counts the failed batches of the index.</summary>
public sealed class FailedBatchStatistics(NpgsqlDataSource source)
{
    /// <summary>The batches that pass the filter, counted; the largest group first, days in order.</summary>
    /// <exception cref="NpgsqlException">Postgres cannot be reached or refused.</exception>
    public async Task<IReadOnlyList<FailedBatchGroup>> GroupAsync(FailedBatchGrouping grouping, FailedBatchFilter filter, int limit, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand();
        var where = new FailedBatchCondition(filter, command.Parameters);
        var order = grouping == FailedBatchGrouping.Day ? "1 DESC" : "2 DESC, 1";
        command.Parameters.Add(NpgsqlTypes.NpgsqlDbType.Integer, limit);
        command.CommandText = $"{Select(grouping, where)} GROUP BY 1 ORDER BY {order} LIMIT ${command.Parameters.Count}";
        var groups = new List<FailedBatchGroup>();
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            groups.Add(new FailedBatchGroup(
                rows.GetString(0),
                rows.GetInt64(1),
                await NumberAsync(rows, 2, cancellationToken),
                await NumberAsync(rows, 3, cancellationToken),
                await NumberAsync(rows, 4, cancellationToken)));
        }

        return groups;
    }

    private static string Select(FailedBatchGrouping grouping, FailedBatchCondition where) => grouping switch
    {
        FailedBatchGrouping.State => OfBatches("state", where),
        FailedBatchGrouping.Class => OfBatches("coalesce(class, '')", where),
        FailedBatchGrouping.Day => OfBatches("to_char(failed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')", where),
        FailedBatchGrouping.Reason => OfFailures("reason", where),
        FailedBatchGrouping.Code => OfFailures("reason_code::text", where),
        FailedBatchGrouping.Table => OfFailures("reason_table", where),
        FailedBatchGrouping.Project =>
            $"""
            SELECT project, count(*), sum(project_record)::bigint, sum(project_event)::bigint, NULL::bigint
            FROM failed_batches, unnest(project_ids, project_records, project_events) AS part (project, project_record, project_event) WHERE {where}
            """,
        _ => throw new ArgumentOutOfRangeException(nameof(grouping), grouping, "unknown grouping"),
    };

    private static string OfBatches(string value, FailedBatchCondition where) =>
        $"SELECT {value}, count(*), sum(records)::bigint, sum(events)::bigint, NULL::bigint FROM failed_batches WHERE {where}";

    private static string OfFailures(string value, FailedBatchCondition where) =>
        $"""
        SELECT {value}, count(DISTINCT folder), NULL::bigint, NULL::bigint, sum(reason_count)::bigint
        FROM failed_batches, unnest(reason_names, reason_tables, reason_codes, reason_counts) AS part (reason, reason_table, reason_code, reason_count) WHERE {where}
        """;

    private static async Task<long?> NumberAsync(NpgsqlDataReader rows, int column, CancellationToken cancellationToken) =>
        await rows.IsDBNullAsync(column, cancellationToken) ? null : rows.GetInt64(column);
}
