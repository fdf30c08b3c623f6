using System.Globalization;
using System.Text.Json;

namespace Pipeline.Consumers.Tests.Converting.Captures;

/// <summary>Turns OTLP/JSON into the Protobuf form that the log holds.</summary>
internal static class OtlpJson
{
    internal static (byte[] Payload, int Spans) Encode(JsonElement root)
    {
        var data = new ProtoMessage();
        var spans = 0;
        foreach (var resourceSpans in Array(root, "resourceSpans"))
        {
            var message = new ProtoMessage();
            if (resourceSpans.TryGetProperty("resource", out var resource))
            {
                message.Message(1, Pairs(new ProtoMessage(), 1, resource));
            }

            foreach (var scopeSpans in Array(resourceSpans, "scopeSpans"))
            {
                var group = new ProtoMessage();
                if (scopeSpans.TryGetProperty("scope", out var scope))
                {
                    group.Message(1, Pairs(Texts(new ProtoMessage(), scope, (1, "name"), (2, "version")), 3, scope));
                }

                foreach (var span in Array(scopeSpans, "spans"))
                {
                    group.Message(2, Span(span));
                    spans++;
                }

                message.Message(2, group);
            }

            data.Message(1, message);
        }

        return (data.ToArray(), spans);
    }

    private static ProtoMessage Span(JsonElement span)
    {
        var message = new ProtoMessage();
        foreach (var (field, name) in new[] { (1, "traceId"), (2, "spanId"), (4, "parentSpanId") })
        {
            if (span.TryGetProperty(name, out var id) && id.GetString() is { Length: > 0 } hex)
            {
                message.Bytes(field, Convert.FromHexString(hex));
            }
        }

        Texts(message, span, (5, "name"));
        message.Fixed64(7, Nanos(span, "startTimeUnixNano")).Fixed64(8, Nanos(span, "endTimeUnixNano"));
        Pairs(message, 9, span);
        foreach (var one in Array(span, "events"))
        {
            message.Message(11, Pairs(Texts(new ProtoMessage(), one, (2, "name")), 3, one));
        }

        if (span.TryGetProperty("status", out var status))
        {
            var code = status.TryGetProperty("code", out var number) ? number.GetUInt64() : 0;
            message.Message(15, Texts(new ProtoMessage(), status, (2, "message")).Number(3, code));
        }

        return message;
    }

    private static ProtoMessage Pairs(ProtoMessage message, int field, JsonElement owner)
    {
        foreach (var pair in Array(owner, "attributes"))
        {
            message.Message(field, new ProtoMessage().Text(1, pair.GetProperty("key").GetString()!).Message(2, Value(pair.GetProperty("value"))));
        }

        return message;
    }

    private static ProtoMessage Value(JsonElement value)
    {
        foreach (var member in value.EnumerateObject())
        {
            var content = member.Value;
            return member.Name switch
            {
                "stringValue" => new ProtoMessage().Text(1, content.GetString()!),
                "boolValue" => new ProtoMessage().Number(2, content.GetBoolean() ? 1UL : 0UL),
                "intValue" => new ProtoMessage().Number(3, (ulong)long.Parse(content.ToString(), CultureInfo.InvariantCulture)),
                "doubleValue" => new ProtoMessage().Fixed64(4, BitConverter.DoubleToUInt64Bits(content.GetDouble())),
                "arrayValue" => new ProtoMessage().Message(
                    5, Array(content, "values").Aggregate(new ProtoMessage(), (all, one) => all.Message(1, Value(one)))),
                _ => throw new NotSupportedException(member.Name),
            };
        }

        return new ProtoMessage();
    }

    private static ProtoMessage Texts(ProtoMessage message, JsonElement owner, params (int Field, string Name)[] fields)
    {
        foreach (var (field, name) in fields)
        {
            if (owner.TryGetProperty(name, out var text) && text.GetString() is { Length: > 0 } value)
            {
                message.Text(field, value);
            }
        }

        return message;
    }

    private static ulong Nanos(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var text) ? ulong.Parse(text.ToString(), CultureInfo.InvariantCulture) : 0;

    private static JsonElement.ArrayEnumerator Array(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var array) && array.ValueKind == JsonValueKind.Array ? array.EnumerateArray() : default;
}
