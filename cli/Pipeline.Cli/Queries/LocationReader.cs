using System.Globalization;
using System.Text;
using System.Text.Json;
using Pipeline.Schemas;
using Pipeline.Schemas.Ids;
using Pipeline.Schemas.Records;
using Pipeline.Storage.ClickHouse.Querying;

namespace Pipeline.Cli.Queries;

/// <summary>Finds the records that mention an event, observation, score or trace id: stored ones by their receipts, others in the log.</summary>
internal sealed class LocationReader(ClickHouseQueryClient client, LogTail live, LogTail replay)
{
    /// <returns>Oldest record first, and of each record its latest attempt first; empty when no record mentions the id.</returns>
    internal async Task<IReadOnlyList<Location>> ReadAsync(string id, CancellationToken cancellationToken)
    {
        // The logs first: what they no longer hold afterwards has its receipt by then.
        var inFlight = new List<Location>();
        await AddTailAsync(inFlight, live, id, isReplay: false, cancellationToken);
        await AddTailAsync(inFlight, replay, id, isReplay: true, cancellationToken);

        var stored = await ReadReceiptsAsync(id, cancellationToken);
        var known = stored.Select(PlaceOf).ToHashSet();
        var records = stored.Select(location => location.RecordId).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. stored.Concat(inFlight.Where(location => !known.Contains(PlaceOf(location)) && (location.Topic == replay.Topic || !records.Contains(location.RecordId))))
                .OrderBy(location => location.AcceptedAt).ThenBy(location => location.RecordId, StringComparer.Ordinal).ThenByDescending(location => location.Attempt),
        ];
    }

    private static async Task AddTailAsync(List<Location> found, LogTail tail, string id, bool isReplay, CancellationToken cancellationToken)
    {
        await foreach (var (source, record) in tail.ReadAsync(await tail.PositionsAsync(cancellationToken), cancellationToken))
        {
            if (Mentions(record, id))
            {
                found.Add(new Location(
                    record.ProjectId, record.RecordId.ToString(), record.RequestId, UnixMicros.ToDateTimeOffset(record.ReceivedAtMicros),
                    source.Topic, source.Partition, source.Offset, record.Attempt, StateOf("in flight", isReplay), StoredAt: null, []));
            }
        }
    }

    private async Task<List<Location>> ReadReceiptsAsync(string id, CancellationToken cancellationToken)
    {
        var hash = XxHash64.Hash(Encoding.UTF8.GetBytes(id)).ToString(CultureInfo.InvariantCulture);
        var rows = await client.QueryAsync(
            "SELECT project_id, toString(record_id) AS record_id, request_id, toUnixTimestamp64Micro(received_at) AS received, topic, partition, offset, attempt, stored, failed, "
            + "toUnixTimestamp64Micro(stored_at) AS stored_micros FROM receipts FINAL "
            + "WHERE has(event_hashes, {hash:UInt64}) OR has(entity_hashes, {hash:UInt64}) OR has(trace_hashes, {hash:UInt64})",
            new Dictionary<string, string>(StringComparer.Ordinal) { ["hash"] = hash },
            cancellationToken);
        var locations = new List<Location>();
        foreach (var row in rows)
        {
            var failed = (long)row["failed"]!;
            var state = failed == 0 ? "stored" : (long)row["stored"]! == 0 ? "failed" : "partly failed";
            var location = new Location(
                (string)row["project_id"]!,
                (string)row["record_id"]!,
                (string)row["request_id"]!,
                UnixMicros.ToDateTimeOffset((long)row["received"]!),
                (string)row["topic"]!,
                (int)row["partition"]!,
                (long)row["offset"]!,
                (int)row["attempt"]!,
                StateOf(state, (string)row["topic"]! == replay.Topic),
                UnixMicros.ToDateTimeOffset((long)row["stored_micros"]!),
                []);
            locations.Add(failed == 0 ? location : location with { Reasons = await ReadReasonsAsync(location, cancellationToken) });
        }

        return locations;
    }

    private async Task<IReadOnlyList<string>> ReadReasonsAsync(Location location, CancellationToken cancellationToken)
    {
        var rows = await client.QueryAsync(
            "SELECT DISTINCT if(detail = '', reason, concat(reason, ': ', detail)) AS why FROM rejected_events FINAL "
            + "WHERE topic = {topic:String} AND partition = {partition:UInt32} AND offset = {offset:UInt64} AND record_id = {id:UUID} ORDER BY why",
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["id"] = location.RecordId,
                ["topic"] = location.Topic,
                ["partition"] = location.Partition.ToString(CultureInfo.InvariantCulture),
                ["offset"] = location.Offset.ToString(CultureInfo.InvariantCulture),
            },
            cancellationToken);
        return [.. rows.Select(row => (string)row["why"]!)];
    }

    private static string StateOf(string state, bool isReplay) => isReplay ? $"replayed: {state}" : state;

    private static (string Topic, int Partition, long Offset) PlaceOf(Location location) => (location.Topic, location.Partition, location.Offset);

    // In a REST body an id is a whole JSON string; OTLP's own ids travel as bytes.
    private static bool Mentions(BufferRecord record, string id)
    {
        var payload = record.Payload.Span;
        return record.PayloadKind == PayloadKind.OtlpSpans
            ? id.Length is 16 or 32 && id.All(char.IsAsciiHexDigit) && payload.IndexOf(Convert.FromHexString(id)) >= 0
            : payload.IndexOf(JsonSerializer.SerializeToUtf8Bytes(id)) >= 0;
    }
}
