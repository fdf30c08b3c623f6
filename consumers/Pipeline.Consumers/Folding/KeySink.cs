using Pipeline.Consumers.Converting;
using Pipeline.Storage.Batches;
using Pipeline.Storage.Merging;
using Pipeline.Storage.States;

namespace Pipeline.Consumers.Folding;

/// <summary>Folds the states of one record and remembers whose they are.</summary>
internal sealed class KeySink(StateFold fold) : IStateSink
{
    internal List<ObservationKey> Observations { get; } = [];

    internal List<TraceKey> Traces { get; } = [];

    internal List<ScoreKey> Scores { get; } = [];

    public void Add(ObservationState observation)
    {
        Observations.Add(observation.Key);
        fold.Add(observation);
    }

    public void Add(TraceState trace)
    {
        Traces.Add(trace.Key);
        fold.Add(trace);
    }

    public void Add(ScoreState score)
    {
        Scores.Add(score.Key);
        fold.Add(score);
    }

    public void Reject(RejectedEvent rejected)
    {
        // The conversion counts it.
    }
}
