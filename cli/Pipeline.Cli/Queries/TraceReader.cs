using Pipeline.Storage.ClickHouse.Querying;

namespace Pipeline.Cli.Queries;

/// <summary>Reads one trace with everything that belongs to it.</summary>
internal sealed class TraceReader(ClickHouseQueryClient client)
{
    /// <summary>The traces of that id, one per project that has it; usually one or none.</summary>
    internal async Task<IReadOnlyList<TraceDocument>> ReadAsync(string traceId, CancellationToken cancellationToken)
    {
        var byId = new Dictionary<string, string>(StringComparer.Ordinal) { ["id"] = traceId };
        var documents = new List<TraceDocument>();
        foreach (var trace in await client.QueryAsync("SELECT * FROM traces WHERE id = {id:String} ORDER BY project_id", byId, cancellationToken))
        {
            var within = new Dictionary<string, string>(StringComparer.Ordinal) { ["id"] = traceId, ["project"] = (string)trace["project_id"]! };
            documents.Add(new TraceDocument(
                trace,
                await client.QueryAsync(
                    "SELECT * FROM observations WHERE project_id = {project:String} AND trace_id = {id:String} ORDER BY start_time, id", within, cancellationToken),
                await client.QueryAsync(
                    "SELECT * FROM scores WHERE project_id = {project:String} AND trace_id = {id:String} ORDER BY timestamp, id", within, cancellationToken)));
        }

        return documents;
    }
}
