namespace Pipeline.Consumers.Converting.Rest;

/// <summary>Which converter a REST event goes to.</summary>
internal enum RestEventKind
{
    /// <summary>A trace.</summary>
    Trace,

    /// <summary>A score.</summary>
    Score,

    /// <summary>An observation whose type the event type names.</summary>
    Observation,

    /// <summary>An observation whose type its body names.</summary>
    LegacyObservation,

    /// <summary>A client's own log line: accepted, and nothing to store.</summary>
    ClientLog,
}
