namespace Pipeline.Storage.ClickHouse.Querying;

/// <summary>Reads from ClickHouse's system tables how near its partitions are to too many parts.</summary>
/// <remarks>A table's own <c>parts_to_delay_insert</c> counts before the server's. It asks one server: that is the one inserts go to.</remarks>
public sealed class ClickHousePressure(ClickHouseQueryClient client, string database) : IStorePressure
{
    // A limit of 0 switches the delay off; the next one then is where inserts are refused.
    private const string Sql =
        """
        WITH
            (SELECT toUInt64OrZero(max(value)) FROM system.merge_tree_settings WHERE name = 'parts_to_delay_insert') AS server_delay,
            (SELECT toUInt64OrZero(max(value)) FROM system.merge_tree_settings WHERE name = 'parts_to_throw_insert') AS server_throw,
            own AS (
                SELECT name AS table, toUInt64OrZero(extract(engine_full, 'parts_to_delay_insert = (\\d+)')) AS delay
                FROM system.tables WHERE database = {database:String}),
            counted AS (
                SELECT table, partition_id, count() AS parts FROM system.parts
                WHERE active AND database = {database:String} GROUP BY table, partition_id),
            merging AS (
                SELECT count() AS merges, sum(total_size_bytes_compressed * (1 - progress)) AS bytes FROM system.merges WHERE database = {database:String})
        SELECT
            toFloat64(max(parts / greatest(multiIf(own.delay > 0, own.delay, server_delay > 0, server_delay, server_throw), 1))) AS pressure,
            toInt64(max(parts)) AS most,
            (SELECT toInt64(merges) FROM merging) AS merges,
            (SELECT toInt64(bytes) FROM merging) AS backlog
        FROM counted LEFT JOIN own USING (table)
        """;

    /// <inheritdoc />
    public async ValueTask<StorePressure> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var row = (await client.QueryAsync(Sql, new Dictionary<string, string>(StringComparer.Ordinal) { ["database"] = database }, cancellationToken))[0];
            return new StorePressure((double)row["pressure"]!, (int)row["most"]!, (int)row["merges"]!, (long)row["backlog"]!);
        }
        catch (ClickHouseException unknown)
        {
            return StorePressure.Unknown(unknown.Code == 0 ? "the store does not answer" : $"the store does not tell (code {unknown.Code}): {unknown.Message}");
        }
    }
}
