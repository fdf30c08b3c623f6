namespace Pipeline.Gateway.Publishing;

/// <summary>What became of all records of one request.</summary>
internal enum PublishOutcome
{
    /// <summary>The log has every record.</summary>
    Published,

    /// <summary>At least one record is not confirmed; the client sends the whole request again, which the merge makes harmless (ADR 0012).</summary>
    Unavailable,

    /// <summary>At least one record exceeds what the log takes; sending it again would not help.</summary>
    TooLarge,
}
