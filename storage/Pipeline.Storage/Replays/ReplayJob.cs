namespace Pipeline.Storage.Replays;

/// <summary>A replay: what was planned, by whom, and how far it is.</summary>
public sealed record ReplayJob
{
    /// <summary>Identity.</summary>
    public required Guid Id { get; init; }

    /// <summary>When it was planned.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who planned it.</summary>
    public required string Actor { get; init; }

    /// <summary>Why, in that person's words.</summary>
    public required string Reason { get; init; }

    /// <summary>Where it stands.</summary>
    public required ReplayJobState State { get; init; }

    /// <summary>How fast and how far it may go.</summary>
    public required ReplayLimits Limits { get; init; }

    /// <summary>What it would do, by project.</summary>
    public required IReadOnlyList<ReplayForecast> Forecast { get; init; }

    /// <summary>Pieces of it.</summary>
    public required int Pieces { get; init; }

    /// <summary>Pieces done or refused.</summary>
    public int PiecesDone { get; init; }

    /// <summary>What became of them.</summary>
    public ReplayCounts Done { get; init; }

    /// <summary>Records per second now; 0 while it does not run.</summary>
    public double Rate { get; init; }

    /// <summary>Why it is slower than it may be, or why it paused; empty at full speed.</summary>
    public string Note { get; init; } = "";

    /// <summary>When it was last heard of.</summary>
    public DateTimeOffset UpdatedAt { get; init; }
}
