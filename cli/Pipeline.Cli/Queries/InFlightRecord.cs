namespace Pipeline.Cli.Queries;

/// <summary>A record of the log that the group has not committed: what the ledger needs of it.</summary>
internal readonly record struct InFlightRecord(Guid RecordId, string ProjectId, DateTimeOffset Minute, long EventCount);
