namespace Pipeline.Cli.Queries;

/// <summary>One project and minute of the ledger, over all gateways.</summary>
/// <remarks>
/// Each gateway life is compared with its own records and then added: events that a killed gateway appended and never reported must not
/// stand in for lost ones of another.
/// </remarks>
/// <param name="ProjectId">Project.</param>
/// <param name="Minute">Start of the minute of received-at, UTC.</param>
/// <param name="Gateways">What is known of each gateway life.</param>
internal sealed record LedgerLine(string ProjectId, DateTimeOffset Minute, IReadOnlyList<LedgerCounts> Gateways)
{
    internal long Reported => Gateways.Sum(gateway => gateway.Reported);

    internal long Accepted => Gateways.Sum(gateway => gateway.Accepted);

    internal long Stored => Gateways.Sum(gateway => gateway.Stored);

    internal long Failed => Gateways.Sum(gateway => gateway.Failed);

    internal long InFlight => Gateways.Sum(gateway => gateway.InFlight);

    internal long Missing => Gateways.Sum(gateway => gateway.Missing);

    internal long Unreported => Gateways.Sum(gateway => gateway.Unreported);
}
