namespace Pipeline.Schemas.Records;

/// <summary>One accepted REST event: the envelope fields the merge needs, and the body as received.</summary>
/// <param name="Id">The event's own id (not its body's).</param>
/// <param name="Type">The event type as sent, for example <c>span-update</c>.</param>
/// <param name="TimestampMicros">Envelope timestamp in microseconds since the epoch.</param>
/// <param name="Body">JSON bytes of <c>body</c>, never re-serialised.</param>
public readonly record struct LangfuseEvent(Utf8Text Id, Utf8Text Type, long TimestampMicros, ReadOnlyMemory<byte> Body);
