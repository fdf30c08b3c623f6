using Pipeline.Schemas.Wire;

namespace Pipeline.Gateway.Admission;

/// <summary>Finds the spans of an OTLP message by a forward-only walk over its wire form; no object is built and no text decoded.</summary>
/// <remarks>
/// Pure and thread-safe; any bytes give a result. What is checked is what routing needs (well-formed nesting) and what a
/// span must have to be stored (<see cref="SpanWalk"/>); the rest of a span is the consumer's to read.
/// </remarks>
internal static class OtlpProtobufAdmission
{
    internal static OtlpAdmissionResult Admit(ReadOnlyMemory<byte> message)
    {
        var result = OtlpAdmissionResult.Of(message);
        var reader = new ProtoReader(message.Span);
        while (reader.TryReadField())
        {
            if (reader.FieldNumber != OtlpFields.ResourceSpans)
            {
                continue;
            }

            if (reader.WireType != ProtoWireType.Bytes || !WalkResource(message.Span, reader.ValueStart, reader.ValueLength, result))
            {
                return OtlpAdmissionResult.Damaged();
            }
        }

        if (reader.IsDamaged)
        {
            return OtlpAdmissionResult.Damaged();
        }

        result.Complete();
        return result;
    }

    private static bool WalkResource(ReadOnlySpan<byte> message, int start, int length, OtlpAdmissionResult result)
    {
        // Its place is known before it is listed: one without spans is not, or two bytes of body would make a dozen here.
        var resource = result.Resources.Count;
        var spansBefore = result.Spans.Count;
        var shared = length;
        var reader = new ProtoReader(message.Slice(start, length));
        while (reader.TryReadField())
        {
            if (reader.FieldNumber != OtlpFields.ResourceSpansScopeSpans)
            {
                continue;
            }

            if (reader.WireType != ProtoWireType.Bytes || !WalkScope(message, start + reader.ValueStart, reader.ValueLength, resource, result))
            {
                return false;
            }

            shared -= reader.Position - reader.FieldStart;
        }

        if (result.Spans.Count > spansBefore)
        {
            result.Resources.Add(new SpanResource(start, length, shared));
        }

        return !reader.IsDamaged;
    }

    private static bool WalkScope(ReadOnlySpan<byte> message, int start, int length, int resource, OtlpAdmissionResult result)
    {
        var scope = result.Scopes.Count;
        var spansBefore = result.Spans.Count;
        var shared = length;
        var reader = new ProtoReader(message.Slice(start, length));
        while (reader.TryReadField())
        {
            if (reader.FieldNumber != OtlpFields.ScopeSpansSpans)
            {
                continue;
            }

            if (reader.WireType != ProtoWireType.Bytes || !WalkSpan(message, start + reader.ValueStart, reader.ValueLength, scope, result))
            {
                return false;
            }

            shared -= reader.Position - reader.FieldStart;
        }

        if (result.Spans.Count > spansBefore)
        {
            result.Scopes.Add(new SpanScope(resource, start, length, shared));
        }

        return !reader.IsDamaged;
    }

    private static bool WalkSpan(ReadOnlySpan<byte> message, int start, int length, int scope, OtlpAdmissionResult result)
    {
        var walk = default(SpanWalk);
        if (!walk.Walk(message.Slice(start, length)))
        {
            return false;
        }

        if (walk.Refusal is { } reason)
        {
            result.Reject(reason);
        }
        else
        {
            result.Spans.Add(new AdmittedSpan(start, length, start + walk.TraceIdStart, scope));
        }

        return true;
    }
}
