using Pipeline.Storage.Batches;
using Pipeline.Storage.States;

namespace Pipeline.Consumers.Converting;

/// <summary>Takes what one record was converted into.</summary>
/// <remarks>The sink owns every state it is given; the converter keeps none of them. Called by one thread.</remarks>
internal interface IStateSink
{
    /// <summary>Takes what one event or span says about an observation.</summary>
    void Add(ObservationState observation);

    /// <summary>Takes what the record says about a trace.</summary>
    void Add(TraceState trace);

    /// <summary>Takes what one event says about a score.</summary>
    void Add(ScoreState score);

    /// <summary>Takes an event that cannot become a state.</summary>
    void Reject(RejectedEvent rejected);
}
