using Pipeline.Schemas;
using Pipeline.Schemas.Wire;

namespace Pipeline.Gateway.Admission;

/// <summary>Checks one span: what is refused here is what no consumer could store.</summary>
internal ref struct SpanWalk
{
    private const string BadTraceId = "trace_id is not 16 bytes that are not all zero";
    private const string BadSpanId = "span_id is not 8 bytes that are not all zero";
    private const string BadTime = "a time of it is later than the year 2299 or is no time at all";

    private static readonly string TooManyAttributes = $"it has more than {IngestionLimits.MaxSpanAttributes} attributes";

    private ReadOnlySpan<byte> _traceId;
    private ReadOnlySpan<byte> _spanId;
    private ulong _startNanos;
    private ulong _endNanos;
    private int _attributes;

    /// <summary>Where the trace id starts in the span.</summary>
    internal int TraceIdStart { get; private set; }

    /// <summary>Why the span is refused; null when it is accepted.</summary>
    internal readonly string? Refusal =>
        !IsId(_traceId, OtlpFields.TraceIdLength) ? BadTraceId
        : !IsId(_spanId, OtlpFields.SpanIdLength) ? BadSpanId
        : !UnixMicros.IsSupportedNanos(_startNanos) || !UnixMicros.IsSupportedNanos(_endNanos) ? BadTime
        : _attributes > IngestionLimits.MaxSpanAttributes ? TooManyAttributes
        : null;

    /// <summary>Walks over the span's fields; of those that are there twice the last one counts, as for every Protobuf reader.</summary>
    /// <returns>False when the bytes are no message.</returns>
    internal bool Walk(ReadOnlySpan<byte> span)
    {
        var reader = new ProtoReader(span);
        while (reader.TryReadField())
        {
            switch (reader.FieldNumber, reader.WireType)
            {
                case (OtlpFields.SpanTraceId, ProtoWireType.Bytes):
                    TraceIdStart = reader.ValueStart;
                    _traceId = reader.Value;
                    break;
                case (OtlpFields.SpanSpanId, ProtoWireType.Bytes): _spanId = reader.Value; break;
                case (OtlpFields.SpanStartTime, ProtoWireType.Fixed64): _startNanos = reader.Number; break;
                case (OtlpFields.SpanEndTime, ProtoWireType.Fixed64): _endNanos = reader.Number; break;
                case (OtlpFields.SpanAttributes, ProtoWireType.Bytes): _attributes++; break;
                default: break;
            }
        }

        return !reader.IsDamaged;
    }

    private static bool IsId(ReadOnlySpan<byte> id, int length) => id.Length == length && id.ContainsAnyExcept((byte)0);
}
