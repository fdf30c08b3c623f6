namespace Pipeline.Storage.Replays;

/// <summary>How fast and how far a replay may go.</summary>
public sealed record ReplayLimits
{
    /// <summary>Records per second at most; it goes slower by itself while live traffic lags.</summary>
    /// <value>500: about a tenth of what one consumer stores.</value>
    public double RecordsPerSecond { get; init; } = 500;

    /// <summary>Bytes of records per second at most.</summary>
    /// <value>16 MiB.</value>
    public long BytesPerSecond { get; init; } = 16L * 1024 * 1024;

    /// <summary>Pieces in flight at once.</summary>
    /// <value>4.</value>
    public int Concurrency { get; init; } = 4;

    /// <summary>Pieces that are replayed and proved before the rest begins; when anything of them fails, the job pauses.</summary>
    /// <value>1.</value>
    public int CanaryPieces { get; init; } = 1;
}
