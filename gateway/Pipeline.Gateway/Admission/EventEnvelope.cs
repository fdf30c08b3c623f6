using Pipeline.Schemas;

namespace Pipeline.Gateway.Admission;

/// <summary>One element of <c>batch</c> as walked.</summary>
internal struct EventEnvelope
{
    internal Utf8Text Id;
    internal Utf8Text TypeName;
    internal EventType Type;
    internal long TimestampMicros;
    internal ReadOnlyMemory<byte> Body;
    internal BodyFacts Facts;

    /// <summary>The first broken rule as issue text; null when the event is fine.</summary>
    internal string? Error;
}
