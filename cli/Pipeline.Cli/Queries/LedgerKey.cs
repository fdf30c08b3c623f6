namespace Pipeline.Cli.Queries;

/// <summary>What the ledger is added up by.</summary>
/// <param name="ProjectId">Project.</param>
/// <param name="Minute">Start of the minute of received-at, UTC.</param>
/// <param name="InstanceId">Life of a gateway.</param>
internal readonly record struct LedgerKey(string ProjectId, DateTimeOffset Minute, string InstanceId);
