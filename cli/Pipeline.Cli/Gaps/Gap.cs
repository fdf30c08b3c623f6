using Pipeline.Schemas.Errors;
using Pipeline.Storage.Replays;

namespace Pipeline.Cli.Gaps;

/// <summary>Something acknowledged that is not stored: how much of which project and minute, where it stopped, and what could fill it.</summary>
/// <remarks>Several gaps may name the same source: a piece of the log holds records of many projects.</remarks>
/// <param name="Stage">Where it stopped.</param>
internal sealed record Gap(GapStage Stage)
{
    /// <summary>Project; empty when nobody can tell.</summary>
    public string ProjectId { get; init; } = "";

    /// <summary>Start of the minute of received-at, UTC; null when nobody can tell.</summary>
    public DateTimeOffset? Minute { get; init; }

    /// <summary>Records; null when nobody can tell.</summary>
    public long? Records { get; init; }

    /// <summary>Events and spans; null when nobody can tell.</summary>
    public long? Events { get; init; }

    /// <summary>Class of the failure; null when it was none.</summary>
    public ErrorClass? Class { get; init; }

    /// <summary>The store's code; 0 when it gave none.</summary>
    public int Code { get; init; }

    /// <summary>What went wrong, without content of events.</summary>
    public required string Error { get; init; }

    /// <summary>What a replay could fill it from; null when there is nothing.</summary>
    public ReplaySource? Source { get; init; }

    /// <summary>Why there is no source; empty when there is one.</summary>
    public string NoSource { get; init; } = "";

    /// <summary>Whether it is a loss until it is filled: what failed is kept, the rest nobody put anywhere on purpose.</summary>
    public bool IsLoss => Stage != GapStage.Failed;
}
