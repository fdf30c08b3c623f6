using System.Runtime.InteropServices;
using Pipeline.Storage.Batches;
using Pipeline.Storage.States;

namespace Pipeline.Storage.Merging;

/// <summary>Folds the states of one batch, so that most entities reach the store as one row. Not thread-safe.</summary>
public sealed class StateFold
{
    private readonly Dictionary<ObservationKey, ObservationState> _observations = [];
    private readonly Dictionary<TraceKey, TraceState> _traces = [];
    private readonly Dictionary<ScoreKey, ScoreState> _scores = [];

    /// <summary>Entities held.</summary>
    public int Count => _observations.Count + _traces.Count + _scores.Count;

    /// <summary>Merges a state; the fold owns it from here on.</summary>
    public void Add(ObservationState state)
    {
        ref var held = ref CollectionsMarshal.GetValueRefOrAddDefault(_observations, state.Key, out var exists);
        if (exists)
        {
            held!.MergeFrom(state);
        }
        else
        {
            held = state;
        }
    }

    /// <summary>Merges a state; the fold owns it from here on.</summary>
    public void Add(TraceState state)
    {
        ref var held = ref CollectionsMarshal.GetValueRefOrAddDefault(_traces, state.Key, out var exists);
        if (exists)
        {
            held!.MergeFrom(state);
        }
        else
        {
            held = state;
        }
    }

    /// <summary>Merges a state; the fold owns it from here on.</summary>
    public void Add(ScoreState state)
    {
        ref var held = ref CollectionsMarshal.GetValueRefOrAddDefault(_scores, state.Key, out var exists);
        if (exists)
        {
            held!.MergeFrom(state);
        }
        else
        {
            held = state;
        }
    }

    /// <summary>Moves everything held into a batch and starts empty again.</summary>
    public void DrainInto(StateBatch batch)
    {
        batch.Observations.AddRange(_observations.Values);
        batch.Traces.AddRange(_traces.Values);
        batch.Scores.AddRange(_scores.Values);
        _observations.Clear();
        _traces.Clear();
        _scores.Clear();
    }
}
