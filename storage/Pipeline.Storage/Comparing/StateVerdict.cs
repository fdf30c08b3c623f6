namespace Pipeline.Storage.Comparing;

/// <summary>What merging a state into the store would do to its entity.</summary>
public enum StateVerdict
{
    /// <summary>The store has no row of that identity.</summary>
    New,

    /// <summary>The entity is there and a reader would see it as before. Only the time of its last update may move: a newer version of the same value is no change.</summary>
    Unchanged,

    /// <summary>The entity is there and would look different.</summary>
    Changed,
}
