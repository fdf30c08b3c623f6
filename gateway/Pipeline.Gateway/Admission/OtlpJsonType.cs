namespace Pipeline.Gateway.Admission;

/// <summary>How a field is written in OTLP/JSON and in Protobuf (OTLP specification, JSON Protobuf Encoding).</summary>
internal enum OtlpJsonType
{
    Message,
    Text,
    Bool,

    /// <summary>A number or a decimal string.</summary>
    Int64,
    Double,

    /// <summary>A number or a decimal string, eight bytes on the wire.</summary>
    Fixed64,
    Fixed32,
    UInt32,

    /// <summary>Hex text, any case: ids. Unlike other bytes they are not base64 in OTLP/JSON.</summary>
    Hex,
    Base64,

    /// <summary>A number or one of the names of <c>Span.SpanKind</c>.</summary>
    SpanKind,

    /// <summary>A number or one of the names of <c>Status.StatusCode</c>.</summary>
    StatusCode,
}
