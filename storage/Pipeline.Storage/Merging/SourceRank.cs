namespace Pipeline.Storage.Merging;

/// <summary>How authoritative the source of a field is. A higher rank beats any time.</summary>
public enum SourceRank
{
    /// <summary>Implied by something else, for example a trace that exists because a span names it.</summary>
    Shallow = 1,

    /// <summary>Derived from the root span of the trace.</summary>
    DerivedFromRoot = 2,

    /// <summary>Set by the caller.</summary>
    Caller = 3,
}
