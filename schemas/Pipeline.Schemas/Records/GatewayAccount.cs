namespace Pipeline.Schemas.Records;

/// <summary>What one gateway says it acknowledged for one project and minute, so far.</summary>
/// <param name="ProjectId">The project.</param>
/// <param name="MinuteMicros">Start of the minute of received-at, in microseconds since the epoch.</param>
/// <param name="Acknowledged">Events and spans answered with 2xx or 201 in that minute, in total.</param>
public readonly record struct GatewayAccount(string ProjectId, long MinuteMicros, long Acknowledged);
