namespace Pipeline.Replay.Comparing;

/// <summary>What replaying one record would do.</summary>
internal enum RecordVerdict
{
    /// <summary>Something of it is new, or would look different.</summary>
    Changes,

    /// <summary>Everything it says is in the store.</summary>
    Unchanged,

    /// <summary>This version cannot read it.</summary>
    Unreadable,
}
