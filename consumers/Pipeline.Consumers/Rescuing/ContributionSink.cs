using Pipeline.Consumers.Converting;
using Pipeline.Storage.Batches;
using Pipeline.Storage.States;

namespace Pipeline.Consumers.Rescuing;

/// <summary>Hands every state that is added for one kind of entity to a collector, and forgets the others.</summary>
internal sealed class ContributionSink(Action<ObservationState>? observation, Action<TraceState>? trace, Action<ScoreState>? score) : IStateSink
{
    public void Add(ObservationState state) => observation?.Invoke(state);

    public void Add(TraceState state) => trace?.Invoke(state);

    public void Add(ScoreState state) => score?.Invoke(state);

    public void Reject(RejectedEvent rejected)
    {
        // Was put aside when the batch was read.
    }
}
