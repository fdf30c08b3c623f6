using Pipeline.Buffer;
using Pipeline.Schemas.Records;
using Pipeline.Storage.States;

namespace Pipeline.Consumers.Folding;

/// <summary>One record and the entities it speaks of.</summary>
/// <param name="Source">The record as read.</param>
/// <param name="Record">The record as decoded; null when this version cannot read it.</param>
/// <param name="Observations">Observations that it creates or updates.</param>
/// <param name="Traces">Traces.</param>
/// <param name="Scores">Scores.</param>
/// <param name="Failed">Events of it that cannot become states.</param>
public sealed record FoldedRecord(
    BufferedRecord Source,
    BufferRecord? Record,
    IReadOnlyList<ObservationKey> Observations,
    IReadOnlyList<TraceKey> Traces,
    IReadOnlyList<ScoreKey> Scores,
    int Failed);
