namespace Pipeline.Storage.Postgres.Failures;

/// <summary>Where a failed batch stands, as its objects say.</summary>
public enum FailedBatchState
{
    /// <summary>Never replayed.</summary>
    Waiting,

    /// <summary>A replay stored all of it.</summary>
    Replayed,

    /// <summary>Replayed, and something of it failed again each time.</summary>
    FailedAgain,

    /// <summary>Its manifest, its records' length or the note of a replay is not what was written.</summary>
    Damaged,
}
