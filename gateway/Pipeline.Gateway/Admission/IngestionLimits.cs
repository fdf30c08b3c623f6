namespace Pipeline.Gateway.Admission;

/// <summary>Limits of an event or a span that are not settings: clients rely on them.</summary>
internal static class IngestionLimits
{
    /// <summary>Longest id in characters (contract 1.2).</summary>
    internal const int MaxIdLength = 800;

    /// <summary>Longest trace name in characters (contract 1.5).</summary>
    internal const int MaxTraceNameLength = 1000;

    /// <summary>Events per batch: a body of 4.5 MB holds fewer real ones; more is an attack on the answer's size.</summary>
    internal const int MaxEvents = 20_000;

    /// <summary>Nesting of the envelope and of plain body fields; the framework's own default.</summary>
    internal const int MaxEnvelopeDepth = 64;

    /// <summary>Nesting below input, output, metadata and model parameters, which are kept as text.</summary>
    internal const int MaxFreeDepth = 512;

    /// <summary>Keys of one metadata object: each becomes an entry that merges on its own.</summary>
    internal const int MaxMetadataKeys = 10_000;

    /// <summary>Attributes of one span: the most of them become such entries.</summary>
    internal const int MaxSpanAttributes = MaxMetadataKeys;

    /// <summary>Entries of one usage or cost object: each is a map entry of the row, and the consumer takes no more.</summary>
    internal const int MaxUsageTypes = 250;

    /// <summary>Length of a TEXT score in characters (contract 1.7).</summary>
    internal const int MaxScoreTextLength = 500;
}
