using System.Text.Json;
using Pipeline.Gateway.Routing;
using Pipeline.Schemas.Text;

namespace Pipeline.Gateway.Admission;

/// <summary>Walks one element of <c>batch</c> (contract 1.3). The body is checked on the way when the type stands before it, as SDKs write it.</summary>
internal static class EventWalk
{
    internal static EventEnvelope Walk(ref JsonWalk walk)
    {
        var envelope = default(EventEnvelope);
        bool hasId = false, hasType = false, hasTimestamp = false, hasBody = false, isBodyChecked = false;
        while (walk.Reader.Read() && walk.Reader.TokenType != JsonTokenType.EndObject)
        {
            var field = FieldOf(ref walk);
            walk.Reader.Read();
            switch (field)
            {
                case "id":
                    envelope.Error ??= hasId ? Twice("id") : null;
                    hasId = true;
                    ReadId(ref walk, ref envelope);
                    break;
                case "type":
                    envelope.Error ??= hasType ? Twice("type") : null;
                    hasType = true;
                    ReadType(ref walk, ref envelope);
                    break;
                case "timestamp":
                    hasTimestamp = true;
                    ReadTimestamp(ref walk, ref envelope);
                    break;
                case "body":
                    envelope.Error ??= hasBody ? Twice("body") : null;
                    hasBody = true;
                    isBodyChecked = hasType && !envelope.TypeName.IsEmpty;
                    ReadBody(ref walk, ref envelope, isBodyChecked);
                    break;
                default:
                    envelope.Error ??= walk.SkipValue(IngestionLimits.MaxFreeDepth) ? null : Issue.At("custom", FieldWalk.TooDeep, "(unknown field)");
                    break;
            }
        }

        envelope.Error ??= !hasId ? Required("id") : !hasType ? Required("type") : !hasTimestamp ? Required("timestamp") : !hasBody ? Required("body") : null;
        if (envelope.Error is null && !isBodyChecked)
        {
            var body = new JsonWalk(envelope.Body, new TextArena());
            body.Reader.Read();
            envelope.Error = BodyWalk.Check(ref body, envelope.Type.Kind, out envelope.Facts);
        }

        return envelope;
    }

    private static string FieldOf(ref JsonWalk walk)
    {
        var name = walk.Name();
        return name.SequenceEqual("id"u8) ? "id"
            : name.SequenceEqual("type"u8) ? "type"
            : name.SequenceEqual("timestamp"u8) ? "timestamp"
            : name.SequenceEqual("body"u8) ? "body" : "";
    }

    private static void ReadId(ref JsonWalk walk, ref EventEnvelope envelope)
    {
        if (walk.Reader.TokenType != JsonTokenType.String)
        {
            walk.SkipValue(IngestionLimits.MaxFreeDepth);
            envelope.Error ??= Issue.At("invalid_type", "Expected string", "id");
            return;
        }

        var id = walk.Text();
        if (FieldWalk.IsId(id.Span))
        {
            envelope.Id = id;
        }
        else
        {
            envelope.Error ??= Issue.At("invalid_string", $"Must be 1 to {IngestionLimits.MaxIdLength} characters without control characters", "id");
        }
    }

    private static void ReadType(ref JsonWalk walk, ref EventEnvelope envelope)
    {
        if (walk.Reader.TokenType == JsonTokenType.String && EventType.TryFind(walk.Text().Span, out var type))
        {
            envelope.TypeName = walk.Text();
            envelope.Type = type;
            return;
        }

        walk.SkipValue(IngestionLimits.MaxFreeDepth);
        envelope.Error ??= Issue.At("invalid_union", "No matching discriminator", "type");
    }

    private static void ReadTimestamp(ref JsonWalk walk, ref EventEnvelope envelope)
    {
        if (walk.Reader.TokenType != JsonTokenType.String || !IsoTime.TryParse(walk.Text().Span, out envelope.TimestampMicros))
        {
            walk.SkipValue(IngestionLimits.MaxFreeDepth);
            envelope.Error ??= Issue.At("invalid_string", "Expected an ISO 8601 date-time between 1900 and 2299", "timestamp");
        }
    }

    private static void ReadBody(ref JsonWalk walk, ref EventEnvelope envelope, bool isChecked)
    {
        var start = walk.Reader.TokenStartIndex;
        if (isChecked)
        {
            var error = BodyWalk.Check(ref walk, envelope.Type.Kind, out envelope.Facts);
            envelope.Error ??= error;
        }
        else
        {
            walk.SkipValue(IngestionLimits.MaxFreeDepth + IngestionLimits.MaxEnvelopeDepth);
        }

        envelope.Body = walk.SliceFrom(start);
        if (envelope.Body.Length > RoutingLimits.MaxEventBytes)
        {
            envelope.Error ??= Issue.At("too_big", $"Larger than {RoutingLimits.MaxEventBytes} bytes", "body");
        }
    }

    private static string Twice(string field) => Issue.At("custom", "The field is there twice", field);

    private static string Required(string field) => Issue.At("invalid_type", "Required", field);
}
