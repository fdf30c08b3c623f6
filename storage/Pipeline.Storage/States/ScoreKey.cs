using Pipeline.Schemas;

namespace Pipeline.Storage.States;

/// <summary>Identity of a score.</summary>
public readonly record struct ScoreKey(Utf8Text ProjectId, Utf8Text Id);
