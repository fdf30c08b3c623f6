namespace Pipeline.Gateway.Admission;

/// <summary>The shapes of event bodies (contract 1.5 and 1.7).</summary>
internal enum BodyKind
{
    Trace,
    Event,
    Span,
    Generation,
    LegacyObservation,
    Score,
    SdkLog,

    /// <summary>Known, but for internal senders only.</summary>
    DatasetRunItem,
}
