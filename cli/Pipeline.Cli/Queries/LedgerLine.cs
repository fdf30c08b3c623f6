namespace Pipeline.Cli.Queries;

/// <summary>One project and minute of the ledger; every count is of events and spans.</summary>
/// <param name="ProjectId">Project.</param>
/// <param name="Minute">Start of the minute of received-at, UTC.</param>
/// <param name="Reported">What the gateways say they acknowledged.</param>
/// <param name="Accepted">What the log held: receipts plus what is in flight.</param>
/// <param name="Stored">What is stored.</param>
/// <param name="Failed">What could not become rows and is kept aside.</param>
/// <param name="InFlight">What the log holds and nobody has committed.</param>
internal sealed record LedgerLine(string ProjectId, DateTimeOffset Minute, long Reported, long Accepted, long Stored, long Failed, long InFlight)
{
    /// <summary>Acknowledged events that are neither stored, nor kept aside, nor in flight. Anything but 0 is a loss.</summary>
    internal long Missing => Math.Max(0, Math.Max(Reported, Accepted) - Stored - Failed - InFlight);

    /// <summary>Events in the log that no gateway reported: a gateway died before its next report, or is about to send it.</summary>
    internal long Unreported => Math.Max(0, Accepted - Reported);
}
