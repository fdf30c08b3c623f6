using Pipeline.Schemas;

namespace Pipeline.Storage.Merging;

/// <summary>Composes the version of a register: source rank (3 bits), time (58 bits), update bit.</summary>
/// <remarks>
/// The time is the event's own, never the pipeline's clock, so that a retry of the event composes the same version. 0 means absent and
/// is never composed, because a rank is at least 1. Times are counted from <see cref="UnixMicros.MinSupported"/> so that they are positive;
/// 58 bits reach the year 11000.
/// </remarks>
public static class FieldVersion
{
    /// <summary>The version of a field that was never set.</summary>
    public const ulong Absent = 0;

    /// <summary>How far ahead of its receipt an event may claim to be; a client's fast clock must not win for ever.</summary>
    /// <value>5 minutes.</value>
    public const long MaxAheadMicros = 5 * UnixMicros.PerMinute;

    private const int RankShift = 59;
    private const int TimeShift = 1;
    private const ulong MaxTime = (1UL << 58) - 1;

    /// <summary>Version for last-writer-wins fields: highest rank, then latest, then updates over creates.</summary>
    public static ulong LastWins(SourceRank rank, long timeMicros, bool isUpdate) =>
        ((ulong)rank << RankShift) | (Biased(timeMicros) << TimeShift) | (isUpdate ? 1UL : 0UL);

    /// <summary>Version for first-writer-wins fields: highest rank, then earliest.</summary>
    public static ulong FirstWins(SourceRank rank, long timeMicros) =>
        ((ulong)rank << RankShift) | ((MaxTime - Biased(timeMicros)) << TimeShift);

    /// <summary>Limits a time to <see cref="MaxAheadMicros"/> after receipt.</summary>
    public static long Clamp(long timeMicros, long receivedAtMicros) => Math.Min(timeMicros, receivedAtMicros + MaxAheadMicros);

    private static ulong Biased(long timeMicros) => (ulong)(Math.Clamp(timeMicros, UnixMicros.MinSupported, UnixMicros.MaxSupported) - UnixMicros.MinSupported);
}
