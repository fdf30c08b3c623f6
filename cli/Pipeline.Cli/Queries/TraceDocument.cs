using System.Text.Json.Nodes;

namespace Pipeline.Cli.Queries;

/// <summary>One trace as stored, with everything that belongs to it. Members are the columns of the views, by their names.</summary>
/// <param name="Trace">The row of <c>traces</c>.</param>
/// <param name="Observations">Its rows of <c>observations</c>, by start time.</param>
/// <param name="Scores">Its rows of <c>scores</c>, by time.</param>
internal sealed record TraceDocument(JsonObject Trace, IReadOnlyList<JsonObject> Observations, IReadOnlyList<JsonObject> Scores);
