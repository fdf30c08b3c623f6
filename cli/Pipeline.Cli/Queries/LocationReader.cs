using System.Globalization;
using System.Text;
using System.Text.Json;
using Pipeline.Schemas;
using Pipeline.Schemas.Ids;
using Pipeline.Schemas.Records;
using Pipeline.Storage.ClickHouse.Querying;

namespace Pipeline.Cli.Queries;

/// <summary>Finds the records that mention an event, observation, score or trace id: stored ones by their receipts, others in the log.</summary>
internal sealed class LocationReader(ClickHouseQueryClient client, LogTail tail)
{
    /// <returns>Oldest first; empty when no record mentions the id.</returns>
    internal async Task<IReadOnlyList<Location>> ReadAsync(string id, CancellationToken cancellationToken)
    {
        // The log first: what it no longer holds afterwards has its receipt by then.
        var inFlight = new List<Location>();
        await foreach (var (source, record) in tail.ReadAsync(await tail.PositionsAsync(cancellationToken), cancellationToken))
        {
            if (Mentions(record, id))
            {
                inFlight.Add(new Location(
                    record.ProjectId, record.RecordId.ToString(), record.RequestId, UnixMicros.ToDateTimeOffset(record.ReceivedAtMicros),
                    source.Partition, source.Offset, "in flight", StoredAt: null, []));
            }
        }

        var stored = await ReadReceiptsAsync(id, cancellationToken);
        var known = stored.Select(location => location.RecordId).ToHashSet(StringComparer.Ordinal);
        return [.. stored.Concat(inFlight.Where(location => !known.Contains(location.RecordId))).OrderBy(location => location.AcceptedAt)];
    }

    private async Task<List<Location>> ReadReceiptsAsync(string id, CancellationToken cancellationToken)
    {
        var hash = XxHash64.Hash(Encoding.UTF8.GetBytes(id)).ToString(CultureInfo.InvariantCulture);
        var rows = await client.QueryAsync(
            "SELECT project_id, toString(record_id) AS record_id, request_id, toUnixTimestamp64Micro(received_at) AS received, partition, offset, stored, failed, "
            + "toUnixTimestamp64Micro(stored_at) AS stored_micros FROM receipts FINAL "
            + "WHERE has(event_hashes, {hash:UInt64}) OR has(entity_hashes, {hash:UInt64}) OR has(trace_hashes, {hash:UInt64}) ORDER BY received_at, record_id",
            new Dictionary<string, string>(StringComparer.Ordinal) { ["hash"] = hash },
            cancellationToken);
        var locations = new List<Location>();
        foreach (var row in rows)
        {
            var recordId = (string)row["record_id"]!;
            var failed = (long)row["failed"]!;
            locations.Add(new Location(
                (string)row["project_id"]!,
                recordId,
                (string)row["request_id"]!,
                UnixMicros.ToDateTimeOffset((long)row["received"]!),
                (int)row["partition"]!,
                (long)row["offset"]!,
                failed == 0 ? "stored" : (long)row["stored"]! == 0 ? "failed" : "partly failed",
                UnixMicros.ToDateTimeOffset((long)row["stored_micros"]!),
                failed == 0 ? [] : await ReadReasonsAsync(recordId, cancellationToken)));
        }

        return locations;
    }

    private async Task<IReadOnlyList<string>> ReadReasonsAsync(string recordId, CancellationToken cancellationToken)
    {
        var rows = await client.QueryAsync(
            "SELECT DISTINCT if(detail = '', reason, concat(reason, ': ', detail)) AS why FROM rejected_events FINAL WHERE record_id = {id:UUID} ORDER BY why",
            new Dictionary<string, string>(StringComparer.Ordinal) { ["id"] = recordId },
            cancellationToken);
        return [.. rows.Select(row => (string)row["why"]!)];
    }

    // In a REST body an id is a whole JSON string; OTLP's own ids travel as bytes.
    private static bool Mentions(BufferRecord record, string id)
    {
        var payload = record.Payload.Span;
        return record.PayloadKind == PayloadKind.OtlpSpans
            ? id.Length is 16 or 32 && id.All(char.IsAsciiHexDigit) && payload.IndexOf(Convert.FromHexString(id)) >= 0
            : payload.IndexOf(JsonSerializer.SerializeToUtf8Bytes(id)) >= 0;
    }
}
