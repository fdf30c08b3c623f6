namespace Pipeline.Cli.Queries;

/// <summary>Where one record that mentions an id is.</summary>
/// <param name="ProjectId">Project.</param>
/// <param name="RecordId">Record.</param>
/// <param name="RequestId">Request.</param>
/// <param name="AcceptedAt">When the gateway received it.</param>
/// <param name="Partition">Partition.</param>
/// <param name="Offset">Offset.</param>
/// <param name="State">Stored, failed, partly failed, or in flight.</param>
/// <param name="StoredAt">When it was worked off; null while it is in flight.</param>
/// <param name="Reasons">Why events of it failed; empty when none did.</param>
internal sealed record Location(
    string ProjectId,
    string RecordId,
    string RequestId,
    DateTimeOffset AcceptedAt,
    int Partition,
    long Offset,
    string State,
    DateTimeOffset? StoredAt,
    IReadOnlyList<string> Reasons);
