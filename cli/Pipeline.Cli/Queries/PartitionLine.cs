namespace Pipeline.Cli.Queries;

/// <summary>One partition of the ledger: every committed offset that is still known must have its receipt.</summary>
/// <param name="Partition">Partition.</param>
/// <param name="FirstOffset">Oldest offset the log still holds.</param>
/// <param name="CommittedOffset">Next offset the writer group reads.</param>
/// <param name="EndOffset">Offset the next record will get.</param>
/// <param name="CheckedFrom">Smallest offset from which on receipts are counted.</param>
/// <param name="Receipts">Offsets with a receipt, from there to the committed one.</param>
internal sealed record PartitionLine(int Partition, long FirstOffset, long CommittedOffset, long EndOffset, long CheckedFrom, long Receipts)
{
    /// <summary>Offsets without a receipt whose record is accounted for elsewhere: it was replayed, or the log holds it twice.</summary>
    internal long Restored { get; init; }

    /// <summary>Records that the log deleted before the group read them. Anything but 0 is a loss.</summary>
    internal long Expired => Math.Max(0, FirstOffset - CommittedOffset);

    /// <summary>Committed offsets without a receipt, and what expired unread, unless it was restored. Anything but 0 is a loss.</summary>
    internal long Missing => Math.Max(0, Math.Max(0, CommittedOffset - CheckedFrom - Receipts) + Expired - Restored);

    /// <summary>Records not committed yet.</summary>
    internal long InFlight => EndOffset - Math.Max(FirstOffset, CommittedOffset);

    /// <summary>Where to begin counting.</summary>
    /// <param name="position">Where the partition stands.</param>
    /// <param name="lastBefore">Largest offset with a receipt from before the window; null when there is none.</param>
    /// <param name="firstWithin">Smallest offset with a receipt within the window; null when there is none.</param>
    /// <returns>
    /// What follows the older receipts. Without any, the oldest offset that is known at all: by its receipt, or because the log still holds it.
    /// </returns>
    internal static long CheckFrom(Buffer.PartitionPosition position, long? lastBefore, long? firstWithin)
    {
        var committed = position.CommittedOffset ?? 0;
        return Math.Min(committed, lastBefore + 1 ?? Math.Min(firstWithin ?? long.MaxValue, position.FirstOffset));
    }
}
