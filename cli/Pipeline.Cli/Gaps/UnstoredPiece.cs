using Pipeline.Storage.Replays;

namespace Pipeline.Cli.Gaps;

/// <summary>Consecutive offsets of a partition without a receipt, at most as many as a piece of a replay.</summary>
/// <param name="Stage">Committed without a receipt, or expired.</param>
/// <param name="Partition">Partition.</param>
/// <param name="FromOffset">First offset.</param>
/// <param name="ToOffset">Behind the last.</param>
/// <param name="Source">Where their records can be read; null when nowhere.</param>
/// <param name="NoSource">Why nowhere; empty when somewhere.</param>
internal sealed record UnstoredPiece(GapStage Stage, int Partition, long FromOffset, long ToOffset, ReplaySource? Source, string NoSource)
{
    /// <summary>Records of it that are accounted for elsewhere: replayed, or at another place of the log.</summary>
    internal long Restored { get; init; }

    /// <summary>The others, as far as they can be read.</summary>
    internal IReadOnlyList<UnstoredRecords> Records { get; init; } = [];

    /// <summary>Offsets of which nobody knows what they held.</summary>
    internal long Unknown => ToOffset - FromOffset - Restored - Records.Sum(records => records.Records);
}
