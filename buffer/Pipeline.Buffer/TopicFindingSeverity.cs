namespace Pipeline.Buffer;

/// <summary>How bad a finding is.</summary>
public enum TopicFindingSeverity
{
    /// <summary>The host refuses to start.</summary>
    Error,

    /// <summary>Acknowledged records can be lost when one broker dies.</summary>
    Warning,
}
