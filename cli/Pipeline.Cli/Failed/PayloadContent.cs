using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Schemas.Records;
using Pipeline.Storage.Failures;

namespace Pipeline.Cli.Failed;

/// <summary>What a failed record says, as JSON: the bodies of REST events, the spans of OTLP, or the bytes in base64 when they are neither.</summary>
internal static class PayloadContent
{
    // 64 levels are written, some of them around it; deeper bodies are shown as text.
    private static readonly JsonDocumentOptions BodyOptions = new() { MaxDepth = 48 };

    internal static JsonNode Of(FailedRecord record) => record.Decoded switch
    {
        { PayloadKind: PayloadKind.LangfuseEvents } decoded => Events(decoded.Payload) ?? (JsonNode)Bytes(record.Value),
        { PayloadKind: PayloadKind.OtlpSpans } decoded => OtlpDocument.Of(decoded.Payload) ?? Bytes(record.Value),
        _ => Bytes(record.Value),
    };

    private static JsonArray? Events(ReadOnlyMemory<byte> payload)
    {
        var events = new List<LangfuseEvent>();
        if (!LangfuseEventsCodec.TryRead(payload, events))
        {
            return null;
        }

        return new JsonArray([.. events.Select(item => new JsonObject
        {
            ["id"] = item.Id.ToString(),
            ["type"] = item.Type.ToString(),
            ["timestamp_micros"] = item.TimestampMicros,
            ["body"] = Body(item.Body.Span),
        })]);
    }

    private static JsonNode? Body(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonNode.Parse(body, documentOptions: BodyOptions);
        }
        catch (JsonException)
        {
            // That may be why it failed.
            return Encoding.UTF8.GetString(body);
        }
    }

    private static JsonObject Bytes(ReadOnlyMemory<byte> value) => new() { ["base64"] = Convert.ToBase64String(value.Span) };
}
