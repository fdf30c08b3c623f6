using System.Text;
using System.Text.Json;
using Pipeline.Gateway.Authentication;
using Pipeline.Gateway.Routing;
using Pipeline.Schemas;
using Pipeline.Schemas.Records;
using Pipeline.Schemas.Wire;

namespace Pipeline.Gateway.Endpoints;

internal sealed class ProvisionalIngestion
{
    internal string? Rejection { get; set; }
    internal List<RoutedRecord> Records { get; } = [];
    internal List<Utf8Text> Successes { get; } = [];
    internal List<ProvisionalError> Errors { get; } = [];

    internal static ProvisionalIngestion Admit(ReadOnlyMemory<byte> body, RecordStamp stamp, AccessScope scope, int partitions)
    {
        var result = new ProvisionalIngestion();
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body);
        }
        catch (JsonException invalid)
        {
            result.Rejection = $"Invalid JSON at byte {invalid.BytePositionInLine}";
            return result;
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("batch", out var batch) || batch.ValueKind != JsonValueKind.Array)
            {
                result.Rejection = "batch: must be an array";
                return result;
            }

            var events = new Dictionary<int, List<LangfuseEvent>>();
            foreach (var element in batch.EnumerateArray())
            {
                if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty("id", out var id) || id.ValueKind != JsonValueKind.String
                    || !element.TryGetProperty("body", out var eventBody) || eventBody.ValueKind != JsonValueKind.Object
                    || !element.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String)
                {
                    result.Errors.Add(new ProvisionalError("unknown", 400, "Invalid request data", "invalid"));
                    continue;
                }

                if (scope == AccessScope.Scores && type.GetString() != "score-create")
                {
                    result.Errors.Add(new ProvisionalError(id.GetString()!, 401, "Authentication error", "Access Scope Denied"));
                    continue;
                }

                var traceId = eventBody.TryGetProperty("traceId", out var trace) ? trace.GetString()! : id.GetString()!;
                var partition = PartitionRule.PartitionOf(stamp.ProjectId, Encoding.UTF8.GetBytes(traceId), partitions);
                if (!events.TryGetValue(partition, out var list))
                {
                    events[partition] = list = [];
                }

                result.Successes.Add(Utf8Text.From(id.GetString()!));
                list.Add(new LangfuseEvent(Utf8Text.From(id.GetString()!), Utf8Text.From(type.GetString()!), stamp.ReceivedAt.ToUnixTimeMilliseconds() * 1000, Encoding.UTF8.GetBytes(eventBody.GetRawText())));
            }

            foreach (var (partition, list) in events)
            {
                var size = 0;
                foreach (var item in list)
                {
                    size += LangfuseEventsCodec.SizeOf(item);
                }

                var value = BufferRecordCodec.EncodeHeader(RecordOf(stamp, PayloadKind.LangfuseEvents, list.Count), size, out var payload);
                var writer = new ProtoWriter(payload);
                foreach (var item in list)
                {
                    LangfuseEventsCodec.Write(ref writer, item);
                }

                result.Records.Add(new RoutedRecord(partition, stamp.ProjectId, value, list.Count));
            }
        }

        return result;
    }

    internal static BufferRecord RecordOf(RecordStamp stamp, PayloadKind kind, int count) => new()
    {
        RecordId = Guid.CreateVersion7(stamp.ReceivedAt),
        ProjectId = stamp.ProjectId,
        RequestId = stamp.RequestId,
        ReceivedAtMicros = UnixMicros.From(stamp.ReceivedAt),
        PayloadKind = kind,
        EventCount = count,
        PublicKey = stamp.PublicKey,
        SdkName = stamp.SdkName,
        SdkVersion = stamp.SdkVersion,
        Payload = default,
    };
}
