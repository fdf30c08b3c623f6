using Pipeline.Storage.States;

namespace Pipeline.Storage.Comparing;

/// <summary>The verdict for each identity of a batch.</summary>
public sealed class StateComparison
{
    /// <summary>Verdicts of observations.</summary>
    public required IReadOnlyDictionary<ObservationKey, StateVerdict> Observations { get; init; }

    /// <summary>Verdicts of traces.</summary>
    public required IReadOnlyDictionary<TraceKey, StateVerdict> Traces { get; init; }

    /// <summary>Verdicts of scores.</summary>
    public required IReadOnlyDictionary<ScoreKey, StateVerdict> Scores { get; init; }

    /// <summary>How many entities over all tables have the verdict.</summary>
    public int Count(StateVerdict verdict) =>
        Observations.Values.Count(held => held == verdict) + Traces.Values.Count(held => held == verdict) + Scores.Values.Count(held => held == verdict);
}
