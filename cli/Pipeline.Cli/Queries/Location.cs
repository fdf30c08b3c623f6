namespace Pipeline.Cli.Queries;

/// <summary>Where one record that mentions an id is, or was at an earlier attempt.</summary>
/// <param name="ProjectId">Project.</param>
/// <param name="RecordId">Record.</param>
/// <param name="RequestId">Request.</param>
/// <param name="AcceptedAt">When the gateway received it.</param>
/// <param name="Topic">Topic that this attempt was read from.</param>
/// <param name="Partition">Partition.</param>
/// <param name="Offset">Offset.</param>
/// <param name="Attempt">0 for the first; a replay is a later one.</param>
/// <param name="State">What became of the attempt: stored, failed, partly failed, or in flight; with a word before it when it was a replay.</param>
/// <param name="StoredAt">When it was worked off; null while it is in flight.</param>
/// <param name="Reasons">Why events of it failed then; empty when none did.</param>
internal sealed record Location(
    string ProjectId,
    string RecordId,
    string RequestId,
    DateTimeOffset AcceptedAt,
    string Topic,
    int Partition,
    long Offset,
    int Attempt,
    string State,
    DateTimeOffset? StoredAt,
    IReadOnlyList<string> Reasons);
