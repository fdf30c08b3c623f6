using Pipeline.Cli.Gaps;

namespace Pipeline.Cli.Queries;

/// <summary>What the ledger is made of, all of one moment.</summary>
/// <param name="Counts">By project, minute and gateway.</param>
/// <param name="Scope">Which receipts count.</param>
/// <param name="Partitions">By partition.</param>
/// <param name="Unstored">Offsets that should have a receipt and have none.</param>
internal sealed record LedgerSnapshot(
    IReadOnlyDictionary<LedgerKey, LedgerCounts> Counts,
    ReceiptScope Scope,
    IReadOnlyList<PartitionLine> Partitions,
    IReadOnlyList<UnstoredPiece> Unstored);
