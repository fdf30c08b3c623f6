namespace Pipeline.Storage.Replays;

/// <summary>What a replay did, in events: attempted = stored + unchanged + failed.</summary>
/// <param name="Attempted">Events of the records that were looked at.</param>
/// <param name="Stored">Of these, new or changed in the store now.</param>
/// <param name="Unchanged">Of these, there already: replaying them changed nothing.</param>
/// <param name="Failed">Of these, refused again, unreadable, or of a damaged batch.</param>
public readonly record struct ReplayCounts(long Attempted, long Stored, long Unchanged, long Failed)
{
    /// <summary>Whether the numbers add up.</summary>
    public bool IsExact => Attempted == Stored + Unchanged + Failed;

    /// <summary>Both together.</summary>
    public static ReplayCounts operator +(ReplayCounts left, ReplayCounts right) => new(
        left.Attempted + right.Attempted, left.Stored + right.Stored, left.Unchanged + right.Unchanged, left.Failed + right.Failed);
}
