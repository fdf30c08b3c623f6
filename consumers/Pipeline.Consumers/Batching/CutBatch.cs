using Pipeline.Storage.Batches;

namespace Pipeline.Consumers.Batching;

/// <summary>A batch that is closed: what to store, and what may be committed once it is stored.</summary>
/// <param name="States">What to store; let go of it once it is encoded.</param>
/// <param name="Summary">What commits and counts it.</param>
internal readonly record struct CutBatch(StateBatch States, BatchSummary Summary);
