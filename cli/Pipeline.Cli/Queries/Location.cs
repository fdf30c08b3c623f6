namespace Pipeline.Cli.Queries;

/// <summary>Where one record that mentions an id is.</summary>
/// <param name="ProjectId">Project.</param>
/// <param name="RecordId">Record.</param>
/// <param name="RequestId">Request.</param>
/// <param name="AcceptedAt">When the gateway received it.</param>
/// <param name="Partition">Partition.</param>
/// <param name="Offset">Offset.</param>
/// <param name="State">Stored, partly failed, or in flight.</param>
/// <param name="StoredAt">When it was stored; null while it is in flight.</param>
internal sealed record Location(
    string ProjectId,
    string RecordId,
    string RequestId,
    DateTimeOffset AcceptedAt,
    int Partition,
    long Offset,
    string State,
    DateTimeOffset? StoredAt);
