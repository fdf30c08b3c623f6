namespace Pipeline.Buffer.Expiry;

/// <summary>What is known of the time until unread records are lost.</summary>
public enum LossCountdownKind
{
    /// <summary>Everything is read.</summary>
    NothingUnread,

    /// <summary>The log keeps what is not read.</summary>
    Never,

    /// <summary>They stay at least for the time left.</summary>
    Running,

    /// <summary>Nobody can say.</summary>
    Unknown,
}
