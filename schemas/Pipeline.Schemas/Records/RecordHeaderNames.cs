namespace Pipeline.Schemas.Records;

/// <summary>Header names on the log. They are ASCII, lower case, and part of the wire contract pinned by golden files.</summary>
public static class RecordHeaderNames
{
    /// <summary>Schema version as <c>major.minor</c>; a reader looks here before it touches the value.</summary>
    public const string SchemaVersion = "pipeline-schema-version";

    /// <summary>W3C trace context of the request that produced the record.</summary>
    public const string TraceParent = "traceparent";
}
