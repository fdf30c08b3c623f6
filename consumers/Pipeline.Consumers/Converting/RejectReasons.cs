namespace Pipeline.Consumers.Converting;

/// <summary>The stable words under which events are rejected; they are stored, queried and counted, so they never change.</summary>
internal static class RejectReasons
{
    /// <summary>The payload is not what its kind says from some byte on.</summary>
    internal const string DamagedPayload = "damaged_payload";

    /// <summary>The event's type is none that this version knows.</summary>
    internal const string UnknownEventType = "unknown_event_type";

    /// <summary>The event's body is not a JSON object.</summary>
    internal const string MalformedBody = "malformed_body";

    /// <summary>A field has a value that its column cannot hold.</summary>
    internal const string InvalidField = "invalid_field";

    /// <summary>The span's bytes are damaged.</summary>
    internal const string MalformedSpan = "malformed_span";

    /// <summary>The span's trace id is not 16 bytes or its own id not 8.</summary>
    internal const string InvalidSpanId = "invalid_span_id";

    /// <summary>The span's times lie outside what a column can hold.</summary>
    internal const string TimeOutOfRange = "time_out_of_range";

    /// <summary>The store refused a row that the event is part of.</summary>
    internal const string RefusedRow = "refused_row";
}
