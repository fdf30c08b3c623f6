using System.Globalization;
using System.Text;
using Pipeline.Schemas;
using Pipeline.Schemas.Ids;
using Pipeline.Storage.ClickHouse.Querying;

namespace Pipeline.Cli.Queries;

/// <summary>Finds the records that mention an event, observation, score or trace id: stored ones by their receipts, others in the log.</summary>
internal sealed class LocationReader(ClickHouseQueryClient client, LogTail tail)
{
    internal async Task<IReadOnlyList<Location>> ReadAsync(string id, CancellationToken cancellationToken)
    {
        var locations = new List<Location>();
        var hash = XxHash64.Hash(Encoding.UTF8.GetBytes(id)).ToString(CultureInfo.InvariantCulture);
        var rows = await client.QueryAsync(
            "SELECT project_id, toString(record_id) AS record_id, request_id, toUnixTimestamp64Micro(received_at) AS received, partition, offset, failed, "
            + "toUnixTimestamp64Micro(stored_at) AS stored FROM receipts FINAL "
            + "WHERE has(event_hashes, {hash:UInt64}) OR has(entity_hashes, {hash:UInt64}) OR has(trace_hashes, {hash:UInt64}) ORDER BY received_at, record_id",
            new Dictionary<string, string>(StringComparer.Ordinal) { ["hash"] = hash },
            cancellationToken);
        foreach (var row in rows)
        {
            locations.Add(new Location(
                (string)row["project_id"]!,
                (string)row["record_id"]!,
                (string)row["request_id"]!,
                UnixMicros.ToDateTimeOffset((long)row["received"]!),
                (int)row["partition"]!,
                (long)row["offset"]!,
                (long)row["failed"]! == 0 ? "stored" : "stored, some of its events failed",
                UnixMicros.ToDateTimeOffset((long)row["stored"]!)));
        }

        var known = locations.Select(location => location.RecordId).ToHashSet(StringComparer.Ordinal);
        var text = Encoding.UTF8.GetBytes(id);
        var raw = id.Length is 16 or 32 && id.All(char.IsAsciiHexDigit) ? Convert.FromHexString(id) : text;
        await foreach (var (source, record) in tail.ReadAsync(await tail.PositionsAsync(cancellationToken), cancellationToken))
        {
            // Ids of OTLP travel as bytes, those of REST as text.
            var payload = record.Payload.Span;
            if (!known.Contains(record.RecordId.ToString()) && (payload.IndexOf(text) >= 0 || payload.IndexOf(raw) >= 0))
            {
                locations.Add(new Location(
                    record.ProjectId, record.RecordId.ToString(), record.RequestId, UnixMicros.ToDateTimeOffset(record.ReceivedAtMicros),
                    source.Partition, source.Offset, "in flight", null));
            }
        }

        return locations;
    }
}
