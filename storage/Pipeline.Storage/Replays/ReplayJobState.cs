namespace Pipeline.Storage.Replays;

/// <summary>Where a replay stands.</summary>
public enum ReplayJobState
{
    /// <summary>Planned; nothing was written.</summary>
    Planned,

    /// <summary>Under way, or was when its process died: running it again resumes it.</summary>
    Running,

    /// <summary>Stopped by a person until it is resumed.</summary>
    Paused,

    /// <summary>Stopped for good; what was replayed stays.</summary>
    Cancelled,

    /// <summary>Every piece is done and nothing failed.</summary>
    Finished,

    /// <summary>Every piece is done, and something of it failed again or was damaged.</summary>
    FinishedWithFailures,
}
