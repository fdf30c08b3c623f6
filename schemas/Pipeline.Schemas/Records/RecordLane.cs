namespace Pipeline.Schemas.Records;

/// <summary>How a record came to the log.</summary>
public enum RecordLane
{
    /// <summary>From a client's request.</summary>
    Live = 0,

    /// <summary>From the replay tool.</summary>
    Replay = 1,
}
