using Pipeline.Schemas;
using Pipeline.Schemas.Text;
using Pipeline.Schemas.Wire;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>Reads a Span message into an <see cref="OtlpSpan"/>. Not thread-safe.</summary>
internal sealed class SpanReader(OtlpSpan span)
{
    private const int TraceIdField = 1;
    private const int SpanIdField = 2;
    private const int ParentSpanIdField = 4;
    private const int NameField = 5;
    private const int StartField = 7;
    private const int EndField = 8;
    private const int AttributesField = 9;
    private const int EventsField = 11;
    private const int StatusField = 15;
    private const int StatusMessageField = 2;
    private const int StatusCodeField = 3;
    private const int TraceIdLength = 16;
    private const int SpanIdLength = 8;

    private Utf8Text _lastTraceId;

    /// <summary>Reads one span; the result says whether it can become an observation.</summary>
    /// <returns>One of <see cref="RejectReasons"/>, or null.</returns>
    internal string? Read(ReadOnlyMemory<byte> message)
    {
        span.Clear();
        ReadOnlyMemory<byte> traceId = default, spanId = default, parentId = default;
        ulong start = 0, end = 0;
        var reader = new ProtoReader(message.Span);
        while (reader.TryReadField())
        {
            if (reader.WireType == ProtoWireType.Fixed64)
            {
                start = reader.FieldNumber == StartField ? reader.Number : start;
                end = reader.FieldNumber == EndField ? reader.Number : end;
                continue;
            }

            if (reader.WireType != ProtoWireType.Bytes)
            {
                continue;
            }

            var content = message.Slice(reader.ValueStart, reader.ValueLength);
            switch (reader.FieldNumber)
            {
                case AttributesField: span.Attributes.Add(content); break;
                case TraceIdField: traceId = content; break;
                case SpanIdField: spanId = content; break;
                case ParentSpanIdField: parentId = content; break;
                case NameField: span.Name = Utf8Repair.Of(content); break;
                case EventsField: span.Events.Add(content); break;
                case StatusField: ReadStatus(content); break;
                default: break;
            }
        }

        if (reader.IsDamaged)
        {
            return RejectReasons.MalformedSpan;
        }

        if (traceId.Length != TraceIdLength || spanId.Length != SpanIdLength)
        {
            return RejectReasons.InvalidSpanId;
        }

        SetIds(traceId.Span, spanId.Span, parentId.Span);
        return TrySetTimes(start, end) ? null : RejectReasons.TimeOutOfRange;
    }

    private static void WriteHex(ReadOnlySpan<byte> bytes, Span<byte> destination)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            destination[2 * i] = "0123456789abcdef"u8[bytes[i] >> 4];
            destination[(2 * i) + 1] = "0123456789abcdef"u8[bytes[i] & 15];
        }
    }

    private void ReadStatus(ReadOnlyMemory<byte> status)
    {
        var reader = new ProtoReader(status.Span);
        while (reader.TryReadField())
        {
            if (reader.FieldNumber == StatusCodeField && reader.WireType == ProtoWireType.Varint)
            {
                span.StatusCode = (int)reader.Number;
            }
            else if (reader.FieldNumber == StatusMessageField && reader.WireType == ProtoWireType.Bytes)
            {
                span.StatusMessage = Utf8Repair.Of(status.Slice(reader.ValueStart, reader.ValueLength));
            }
        }
    }

    private void SetIds(ReadOnlySpan<byte> traceId, ReadOnlySpan<byte> spanId, ReadOnlySpan<byte> parentId)
    {
        Span<byte> hex = stackalloc byte[2 * TraceIdLength];
        WriteHex(traceId, hex);

        // Spans of one request mostly share a trace, and then one text.
        if (!hex.SequenceEqual(_lastTraceId.Span))
        {
            _lastTraceId = Utf8Text.CopyOf(hex);
        }

        span.TraceId = _lastTraceId;
        var isRoot = parentId.Length != SpanIdLength || !parentId.ContainsAnyExcept((byte)0);
        var ids = span.Context.Arena.Take(isRoot ? 2 * SpanIdLength : 4 * SpanIdLength);
        WriteHex(spanId, ids.Span);
        span.Id = new Utf8Text(ids[..(2 * SpanIdLength)]);
        if (!isRoot)
        {
            WriteHex(parentId, ids.Span[(2 * SpanIdLength)..]);
            span.ParentId = new Utf8Text(ids[(2 * SpanIdLength)..]);
        }
    }

    // One edge missing: the other stands for it; both missing: the time of receipt.
    private bool TrySetTimes(ulong start, ulong end)
    {
        var startMicros = (long)(start / 1000);
        var endMicros = (long)(end / 1000);
        startMicros = start != 0 ? startMicros : end != 0 ? endMicros : span.Context.ReceivedAtMicros;
        span.StartMicros = startMicros;
        span.IsTimeless = start == 0 && end == 0;
        span.EndMicros = end != 0 ? endMicros : startMicros;
        span.ComposeVersions();
        return span.StartMicros <= UnixMicros.MaxSupported && span.EndMicros <= UnixMicros.MaxSupported;
    }
}
