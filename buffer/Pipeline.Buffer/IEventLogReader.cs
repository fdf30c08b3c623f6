namespace Pipeline.Buffer;

/// <summary>One member of a consumer group. Disposing it leaves the group without committing anything.</summary>
/// <remarks>
/// <para>
/// The reader fetches ahead on its own thread into a queue bounded in bytes. While its caller is slow, it pauses fetching but stays in the
/// group: a slow sink never costs the membership.
/// </para>
/// <para>
/// When partitions are taken away, undelivered records of theirs are discarded, <see cref="ReadResult.FlushRequested"/> asks the caller to
/// finish and commit what it holds, and the hand-over waits for that commit at most <see cref="ReaderOptions.RevokeDrainTimeout"/>.
/// Partitions that are lost (another member may already own them) are never committed.
/// </para>
/// One caller at a time may use <see cref="ReadAsync"/>; <see cref="CommitAsync"/> may run beside it.
/// </remarks>
public interface IEventLogReader : IAsyncDisposable
{
    /// <summary>Partitions this member owns now.</summary>
    IReadOnlyCollection<int> AssignedPartitions { get; }

    /// <summary>Waits up to <paramref name="maxWait"/> for records and returns what is there, at most <paramref name="maxBytes"/> (at least one record).</summary>
    /// <remarks>Records of one partition come in offset order without gaps; after a rebalance reading resumes at the committed offset.</remarks>
    /// <exception cref="EventLogUnavailableException">The backend failed in a way that only a new reader can mend.</exception>
    ValueTask<ReadResult> ReadAsync(int maxBytes, TimeSpan maxWait, CancellationToken cancellationToken);

    /// <summary>Commits, per partition, the offset of the next record to read.</summary>
    /// <remarks>Call it after the records are stored, never before: a crash between the two re-reads them, and the merge makes that harmless.</remarks>
    /// <returns>
    /// Fenced when any of the partitions is no longer this member's, or was lost since the records were delivered, even if it came back;
    /// those are not committed, the others are. So a commit never steps back.
    /// </returns>
    ValueTask<CommitOutcome> CommitAsync(IReadOnlyCollection<PartitionOffset> nextOffsets, CancellationToken cancellationToken);
}
