using System.Globalization;
using Pipeline.Schemas;
using Pipeline.Schemas.Records;
using Pipeline.Storage.ClickHouse.Querying;

namespace Pipeline.Cli.Queries;

/// <summary>Finds which records have a receipt that counts.</summary>
internal sealed class KnownRecords(ClickHouseQueryClient client)
{
    // The ids travel in the address of a GET, whose length servers limit to some kilobytes.
    private const int IdsPerQuery = 50;

    internal async Task<IReadOnlySet<Guid>> ReadAsync(IEnumerable<BufferRecord> records, ReceiptScope scope, CancellationToken cancellationToken)
    {
        var known = new HashSet<Guid>();

        // In the order of the table, so that each query looks at few of its rows.
        var places = records.Select(record => (record.RecordId, record.ProjectId, record.ReceivedAtMicros)).DistinctBy(place => place.RecordId)
            .OrderBy(place => place.ProjectId, StringComparer.Ordinal).ThenBy(place => place.ReceivedAtMicros);
        foreach (var chunk in places.Chunk(IdsPerQuery))
        {
            var parameters = scope.AddTo(new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["ids"] = $"[{string.Join(',', chunk.Select(place => $"'{place.RecordId}'"))}]",
                ["first"] = Minute(chunk.Min(place => place.ReceivedAtMicros)),
                ["last"] = Minute(chunk.Max(place => place.ReceivedAtMicros)),
            });
            var rows = await client.QueryAsync(
                "SELECT DISTINCT toString(record_id) AS id FROM receipts WHERE minute >= toDateTime({first:Int64}, 'UTC') AND minute <= toDateTime({last:Int64}, 'UTC') "
                + $"AND record_id IN (SELECT arrayJoin({{ids:Array(UUID)}})) AND {ReceiptScope.Condition}",
                parameters,
                cancellationToken);
            known.UnionWith(rows.Select(row => Guid.Parse((string)row["id"]!)));
        }

        return known;
    }

    private static string Minute(long micros) => (UnixMicros.FloorToMinute(micros) / UnixMicros.PerSecond).ToString(CultureInfo.InvariantCulture);
}
