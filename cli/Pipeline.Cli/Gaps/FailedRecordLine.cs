namespace Pipeline.Cli.Gaps;

/// <summary>A record whose latest attempt failed, in part or whole.</summary>
/// <param name="ProjectId">Project.</param>
/// <param name="Minute">Start of the minute of received-at, UTC.</param>
/// <param name="Failed">Events of it that failed.</param>
/// <param name="Reasons">Words of the failures.</param>
/// <param name="Places">Where it was read when it failed, each as <c>TOPIC/PARTITION/OFFSET</c>.</param>
internal sealed record FailedRecordLine(string ProjectId, DateTimeOffset Minute, long Failed, string Reasons, IReadOnlyList<string> Places);
