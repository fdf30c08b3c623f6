namespace Pipeline.Storage.Replays;

/// <summary>What the latest attempt at a record came to.</summary>
/// <param name="Attempt">The attempt.</param>
/// <param name="Stored">Events stored.</param>
/// <param name="Failed">Events not stored.</param>
public readonly record struct RecordOutcome(int Attempt, int Stored, int Failed);
