namespace Pipeline.Buffer;

/// <summary>How bad a finding is.</summary>
public enum TopicFindingSeverity
{
    /// <summary>Records would be refused, or have fewer copies than asked for: a gateway takes none until it is mended.</summary>
    Error,

    /// <summary>The loss of one broker can lose acknowledged records or stop ingestion.</summary>
    Warning,
}
