using Pipeline.Consumers.Converting;
using Pipeline.Schemas;
using Pipeline.Storage.Batches;
using Pipeline.Storage.States;

namespace Pipeline.Consumers.Tests.Converting;

/// <summary>Folds what a converter gives, as the consumer does.</summary>
internal sealed class ListSink : IStateSink
{
    internal Dictionary<ObservationKey, ObservationState> Observations { get; } = [];

    internal Dictionary<TraceKey, TraceState> Traces { get; } = [];

    internal Dictionary<ScoreKey, ScoreState> Scores { get; } = [];

    internal List<RejectedEvent> Rejected { get; } = [];

    public void Add(ObservationState observation)
    {
        if (!Observations.TryAdd(observation.Key, observation))
        {
            Observations[observation.Key].MergeFrom(observation);
        }
    }

    public void Add(TraceState trace)
    {
        if (!Traces.TryAdd(trace.Key, trace))
        {
            Traces[trace.Key].MergeFrom(trace);
        }
    }

    public void Add(ScoreState score)
    {
        if (!Scores.TryAdd(score.Key, score))
        {
            Scores[score.Key].MergeFrom(score);
        }
    }

    public void Reject(RejectedEvent rejected) => Rejected.Add(rejected);

    internal ObservationState Observation(string id) => Observations.Values.Single(observation => observation.Key.Id == Utf8Text.From(id));

    internal TraceState Trace(string id) => Traces.Values.Single(trace => trace.Key.TraceId == Utf8Text.From(id));

    internal ScoreState Score(string id) => Scores.Values.Single(score => score.Key.Id == Utf8Text.From(id));

    /// <summary>The remaining attributes of the one observation.</summary>
    internal string Attributes() => Observations.Values.Single().Metadata.Entries.Single(entry => entry.Key == Utf8Text.From("attributes")).Value.ToString();

    /// <summary>Everything as text in a fixed order, to compare two folds.</summary>
    internal string Describe() => string.Join('\n', Observations.Values.Select(Describe)
        .Concat(Traces.Values.Select(Describe)).Concat(Scores.Values.Select(Describe)).Order(StringComparer.Ordinal));

    private static string Describe(object state)
    {
        var fields = state.GetType().GetProperties().Select(property => $"{property.Name}={Describe(property.Name, property.GetValue(state))}");
        return $"{state.GetType().Name}: {string.Join(" | ", fields)}";
    }

    private static string Describe(string name, object? value) => value switch
    {
        Pipeline.Storage.Merging.MetadataEntries metadata => string.Join(';', metadata.Entries
            .Select(entry => $"{entry.Key}@{entry.Version}={entry.Value}").Order(StringComparer.Ordinal)),
        HashSet<Utf8Text> tags => string.Join(';', tags.Select(tag => tag.ToString()).Order(StringComparer.Ordinal)),
        Pipeline.Storage.Merging.Register<Pipeline.Storage.Merging.UsageMap> usage =>
            $"{usage.Version}:{string.Join(';', usage.Value.Entries.ToArray().Select(pair => $"{pair.Key}={pair.Value}"))}",
        Pipeline.Storage.Merging.Register<Pipeline.Storage.Merging.CostMap> cost =>
            $"{cost.Version}:{string.Join(';', cost.Value.Entries.ToArray().Select(pair => $"{pair.Key}={pair.Value}"))}",
        _ => $"{name}:{value}",
    };
}
