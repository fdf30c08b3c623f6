using Pipeline.Buffer.Reading;

namespace Pipeline.Buffer.Postgres;

/// <summary>A partition that a lease makes this member's.</summary>
/// <param name="partition">Partition.</param>
/// <param name="epoch">Raised with every change of owner; a commit under an older one is refused.</param>
/// <param name="committed">Next offset the group reads; null when it never committed.</param>
internal sealed class PartitionLease(int partition, long epoch, long? committed) : OwnedPartition(partition)
{
    internal long Epoch => epoch;

    /// <summary>Next offset to fetch; null for the oldest one. Used by the fetching loop alone.</summary>
    internal long? FetchPosition { get; set; } = committed;

    /// <summary>When the hand-over of this partition began; null while it is not handed over. Used by the fetching loop alone.</summary>
    internal long? ReleasingSince { get; set; }
}
