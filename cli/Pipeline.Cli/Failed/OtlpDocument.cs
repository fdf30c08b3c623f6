using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Pipeline.Schemas.Wire;

namespace Pipeline.Cli.Failed;

/// <summary>An OTLP <c>TracesData</c> message in OTLP's own JSON form; fields that are not known are left out.</summary>
internal static class OtlpDocument
{
    // AnyValue holds AnyValues: a crafted message must not exhaust the stack, nor pass the 64 levels
    // that are written, of which a message takes up to three and the output around it five.
    private const int MaxDepth = 32;

    private static readonly Dictionary<string, Dictionary<int, Field>> Messages = new(StringComparer.Ordinal)
    {
        ["TracesData"] = new() { [1] = new("resourceSpans", "ResourceSpans", IsMany: true) },
        ["ResourceSpans"] = new() { [1] = new("resource", "Resource"), [2] = new("scopeSpans", "ScopeSpans", IsMany: true), [3] = new("schemaUrl", "text") },
        ["Resource"] = new() { [1] = new("attributes", "KeyValue", IsMany: true) },
        ["ScopeSpans"] = new() { [1] = new("scope", "Scope"), [2] = new("spans", "Span", IsMany: true), [3] = new("schemaUrl", "text") },
        ["Scope"] = new() { [1] = new("name", "text"), [2] = new("version", "text"), [3] = new("attributes", "KeyValue", IsMany: true) },
        ["Span"] = new()
        {
            [1] = new("traceId", "hex"),
            [2] = new("spanId", "hex"),
            [3] = new("traceState", "text"),
            [4] = new("parentSpanId", "hex"),
            [5] = new("name", "text"),
            [6] = new("kind", "int"),
            [7] = new("startTimeUnixNano", "text"),
            [8] = new("endTimeUnixNano", "text"),
            [9] = new("attributes", "KeyValue", IsMany: true),
            [11] = new("events", "Event", IsMany: true),
            [13] = new("links", "Link", IsMany: true),
            [15] = new("status", "Status"),
        },
        ["Event"] = new() { [1] = new("timeUnixNano", "text"), [2] = new("name", "text"), [3] = new("attributes", "KeyValue", IsMany: true) },
        ["Link"] = new() { [1] = new("traceId", "hex"), [2] = new("spanId", "hex"), [3] = new("traceState", "text"), [4] = new("attributes", "KeyValue", IsMany: true) },
        ["Status"] = new() { [2] = new("message", "text"), [3] = new("code", "int") },
        ["KeyValue"] = new() { [1] = new("key", "text"), [2] = new("value", "AnyValue") },
        ["AnyValue"] = new()
        {
            [1] = new("stringValue", "text"),
            [2] = new("boolValue", "bool"),
            [3] = new("intValue", "long"),
            [4] = new("doubleValue", "double"),
            [5] = new("arrayValue", "ArrayValue"),
            [6] = new("kvlistValue", "KeyValueList"),
            [7] = new("bytesValue", "base64"),
        },
        ["ArrayValue"] = new() { [1] = new("values", "AnyValue", IsMany: true) },
        ["KeyValueList"] = new() { [1] = new("values", "KeyValue", IsMany: true) },
    };

    /// <summary>The message, or null when its bytes are damaged.</summary>
    internal static JsonObject? Of(ReadOnlyMemory<byte> message) => Read(message.Span, Messages["TracesData"], 0);

    private static JsonObject? Read(ReadOnlySpan<byte> message, Dictionary<int, Field> fields, int depth)
    {
        var document = new JsonObject();
        var reader = new ProtoReader(message);
        while (reader.TryReadField())
        {
            if (!fields.TryGetValue(reader.FieldNumber, out var field))
            {
                continue;
            }

            JsonNode? value;
            if (Messages.TryGetValue(field.Kind, out var inner))
            {
                if (reader.WireType != ProtoWireType.Bytes)
                {
                    return null;
                }

                value = depth == MaxDepth ? "deeper than is shown" : Read(reader.Value, inner, depth + 1);
                if (value is null)
                {
                    return null;
                }
            }
            else
            {
                value = reader.WireType == ProtoWireType.Bytes ? TextOf(field.Kind, reader.Value) : NumberOf(field.Kind, reader.Number);
            }

            if (!field.IsMany)
            {
                document[field.Name] = value;
            }
            else if (document[field.Name] is JsonArray many)
            {
                many.Add(value);
            }
            else
            {
                document[field.Name] = new JsonArray(value);
            }
        }

        return reader.IsDamaged ? null : document;
    }

    private static JsonNode TextOf(string kind, ReadOnlySpan<byte> value) => kind switch
    {
        "hex" => Convert.ToHexStringLower(value),
        "base64" => Convert.ToBase64String(value),
        _ => Encoding.UTF8.GetString(value),
    };

    private static JsonNode NumberOf(string kind, ulong number) => kind switch
    {
        "bool" => number != 0,
        "int" => (long)number,
        "double" when double.IsFinite(BitConverter.UInt64BitsToDouble(number)) => BitConverter.UInt64BitsToDouble(number),
        "double" => BitConverter.UInt64BitsToDouble(number).ToString(CultureInfo.InvariantCulture),
        "long" => ((long)number).ToString(CultureInfo.InvariantCulture),

        // JSON numbers lose the last digits of nanoseconds.
        _ => number.ToString(CultureInfo.InvariantCulture),
    };

    private sealed record Field(string Name, string Kind, bool IsMany = false);
}
