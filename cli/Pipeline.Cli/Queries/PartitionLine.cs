namespace Pipeline.Cli.Queries;

/// <summary>One partition of the ledger: every committed offset that is still known must have its receipt.</summary>
/// <param name="Partition">Partition.</param>
/// <param name="CommittedOffset">Next offset the writer group reads.</param>
/// <param name="EndOffset">Offset the next record will get.</param>
/// <param name="FirstReceipt">Smallest offset with a receipt; -1 when there is none.</param>
/// <param name="Receipts">Offsets with a receipt below the committed one.</param>
internal sealed record PartitionLine(int Partition, long CommittedOffset, long EndOffset, long FirstReceipt, long Receipts)
{
    /// <summary>Committed offsets without a receipt. Anything but 0 is a loss.</summary>
    internal long Missing => FirstReceipt < 0 ? CommittedOffset : CommittedOffset - FirstReceipt - Receipts;

    /// <summary>Records not committed yet.</summary>
    internal long InFlight => EndOffset - CommittedOffset;
}
