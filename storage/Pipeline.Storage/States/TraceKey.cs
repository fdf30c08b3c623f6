using Pipeline.Schemas;

namespace Pipeline.Storage.States;

/// <summary>Identity of a trace.</summary>
public readonly record struct TraceKey(Utf8Text ProjectId, Utf8Text TraceId);
