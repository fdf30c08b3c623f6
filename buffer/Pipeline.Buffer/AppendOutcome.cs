namespace Pipeline.Buffer;

/// <summary>What became of one append.</summary>
public enum AppendOutcome
{
    /// <summary>Durable.</summary>
    Appended,

    /// <summary>The local queue in front of the backend is full; nothing was sent.</summary>
    Busy,

    /// <summary>The backend did not confirm in time or refused; the record may or may not be in the log.</summary>
    Unavailable,

    /// <summary>The record exceeds what the topic accepts; nothing was sent.</summary>
    TooLarge,
}
