using Pipeline.Storage.States;

namespace Pipeline.Consumers.Rescuing;

/// <summary>The tables of states.</summary>
internal static class EntityTables
{
    internal static readonly EntityTable<ObservationState, ObservationKey> Observations = new(
        batch => batch.Observations, state => state.Key, state => $"{state.Key.TraceId}/{state.Key.Id}", collect => new ContributionSink(collect, null, null));

    internal static readonly EntityTable<TraceState, TraceKey> Traces = new(
        batch => batch.Traces, state => state.Key, state => state.Key.TraceId.ToString(), collect => new ContributionSink(null, collect, null));

    internal static readonly EntityTable<ScoreState, ScoreKey> Scores = new(
        batch => batch.Scores, state => state.Key, state => state.Key.Id.ToString(), collect => new ContributionSink(null, null, collect));
}
