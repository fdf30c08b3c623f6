namespace Pipeline.Buffer.Postgres;

/// <summary>A partition this member reads. Guarded by the reader's lock.</summary>
/// <param name="partition">Partition.</param>
/// <param name="epoch">Raised with every change of owner; a commit under an older one is refused.</param>
/// <param name="position">Next offset to fetch.</param>
internal sealed class PartitionLease(int partition, long epoch, long position)
{
    internal int Partition => partition;

    internal long Epoch => epoch;

    /// <summary>Next offset to fetch into the queue.</summary>
    internal long FetchPosition { get; set; } = position;

    /// <summary>Next offset behind what the caller was given.</summary>
    internal long DeliveredPosition { get; set; } = position;

    /// <summary>Next offset the group reads.</summary>
    internal long CommittedPosition { get; set; } = position;

    /// <summary>Set while the partition is handed over: nothing more is fetched or delivered.</summary>
    internal bool IsReleasing { get; set; }

    /// <summary>Whether the caller still holds records it did not commit.</summary>
    internal bool IsInUse => DeliveredPosition > CommittedPosition;
}
