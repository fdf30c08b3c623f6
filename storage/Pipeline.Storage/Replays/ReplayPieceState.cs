namespace Pipeline.Storage.Replays;

/// <summary>Where a piece of a replay stands.</summary>
public enum ReplayPieceState
{
    /// <summary>Not begun, or begun by a process that died: it is done from its beginning, which changes nothing twice.</summary>
    Waiting,

    /// <summary>Every record of it is accounted for.</summary>
    Done,

    /// <summary>It could not be read: damaged, or its source is gone. Nothing of it was replayed.</summary>
    Refused,
}
