namespace Pipeline.Cli.Queries;

/// <summary>The ledger at one moment.</summary>
/// <param name="Lines">By project and minute.</param>
/// <param name="Partitions">By partition.</param>
internal sealed record LedgerReport(IReadOnlyList<LedgerLine> Lines, IReadOnlyList<PartitionLine> Partitions)
{
    /// <summary>Whether something acknowledged is missing.</summary>
    internal bool HasGap => Lines.Any(line => line.Missing > 0) || Partitions.Any(partition => partition.Missing > 0);

    /// <summary>Whether something is on its way.</summary>
    internal bool IsInFlight => Partitions.Any(partition => partition.InFlight > 0);
}
