namespace Pipeline.Schemas.Records;

/// <summary>The headers of one record.</summary>
/// <param name="SchemaVersion">Text of the version header; null when the producer sent none.</param>
/// <param name="TraceParent">W3C trace context; null when the request carried none.</param>
public readonly record struct RecordHeaders(string? SchemaVersion, string? TraceParent);
