namespace Pipeline.Storage.Replays;

/// <summary>One piece of a replay: the unit that is read, proved and resumed.</summary>
/// <param name="Number">Its place in the job, from 0: oldest first.</param>
/// <param name="Source">Where it is read from.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Counts">What became of it; zero until it is done.</param>
/// <param name="Error">Why it was refused; null otherwise.</param>
public sealed record ReplayPiece(int Number, ReplaySource Source, ReplayPieceState State, ReplayCounts Counts, string? Error);
