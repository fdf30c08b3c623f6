using Pipeline.Schemas;
using Pipeline.Storage.States;

namespace Pipeline.Consumers.Converting;

/// <summary>The trace states of one record, one per trace however many of its events or spans speak of it.</summary>
/// <remarks>
/// Every observation implies its trace, so that none is orphaned; without this fold a 50-span record would make 50 trace states.
/// Not thread-safe.
/// </remarks>
internal sealed class TraceFold
{
    private readonly Dictionary<Utf8Text, TraceState> _traces = [];
    private TraceState? _last;

    internal TraceState Get(ConversionContext context, in Utf8Text traceId)
    {
        // Spans of one request mostly share a trace.
        if (_last is not null && _last.Key.TraceId == traceId)
        {
            return _last;
        }

        if (!_traces.TryGetValue(traceId, out var trace))
        {
            trace = new TraceState(new TraceKey(context.ProjectId, traceId), context.ReceivedAtMicros);
            _traces.Add(traceId, trace);
            context.Hashes.AddTrace(traceId);
        }

        _last = trace;
        return trace;
    }

    /// <summary>Gives all states to the sink and forgets them.</summary>
    internal void Drain(IStateSink sink)
    {
        foreach (var trace in _traces.Values)
        {
            sink.Add(trace);
        }

        _traces.Clear();
        _last = null;
    }
}
