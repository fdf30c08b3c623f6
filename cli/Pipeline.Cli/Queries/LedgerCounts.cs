namespace Pipeline.Cli.Queries;

/// <summary>What the sources say of one project, minute and gateway life; every count is of events and spans.</summary>
/// <param name="Reported">What the gateway says it acknowledged.</param>
/// <param name="Accepted">What the log held of it: receipts plus what is in flight.</param>
/// <param name="Stored">What is stored.</param>
/// <param name="Failed">What could not become rows and is kept aside.</param>
/// <param name="InFlight">What the log holds and nobody has committed.</param>
internal readonly record struct LedgerCounts(long Reported, long Accepted, long Stored, long Failed, long InFlight)
{
    /// <summary>Acknowledged events that are neither stored, nor kept aside, nor in flight. Anything but 0 is a loss.</summary>
    internal long Missing => Math.Max(0, Math.Max(Reported, Accepted) - Stored - Failed - InFlight);

    /// <summary>Events in the log that the gateway did not report: it died before its next report, is about to send it, or never acknowledged them.</summary>
    internal long Unreported => Math.Max(0, Accepted - Reported);
}
