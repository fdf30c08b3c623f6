using Pipeline.Schemas;

namespace Pipeline.Storage.States;

/// <summary>Identity of an observation. No time, type or name: those may be corrected later.</summary>
public readonly record struct ObservationKey(Utf8Text ProjectId, Utf8Text TraceId, Utf8Text Id);
