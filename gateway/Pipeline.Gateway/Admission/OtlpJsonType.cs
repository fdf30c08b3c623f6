namespace Pipeline.Gateway.Admission;

/// <summary>How a field is written in OTLP/JSON and in Protobuf (OTLP specification, JSON Protobuf Encoding).</summary>
internal enum OtlpJsonType
{
    Message,
    Text,
    Bool,

    /// <summary>The integer of an attribute value; what is none is kept as its text.</summary>
    Int64,
    Double,

    /// <summary>A time: a number, a decimal string or two halves, eight bytes on the wire.</summary>
    Fixed64,
    Fixed32,
    UInt32,

    /// <summary>A trace or span id; see <see cref="OtlpJsonId"/>.</summary>
    Id,
    Base64,

    /// <summary>A number or one of the names of <c>Span.SpanKind</c>.</summary>
    SpanKind,

    /// <summary>A number or one of the names of <c>Status.StatusCode</c>.</summary>
    StatusCode,
}
