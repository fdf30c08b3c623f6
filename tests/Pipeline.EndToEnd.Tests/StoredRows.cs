using Pipeline.Storage.ClickHouse.Inserting;
using Pipeline.Storage.ClickHouse.Querying;

namespace Pipeline.EndToEnd.Tests;

/// <summary>What a reader sees in ClickHouse.</summary>
internal sealed class StoredRows(ClickHouseOptions options) : IDisposable
{
    private static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>(StringComparer.Ordinal);

    private readonly ClickHouseQueryClient _client = new(options);

    internal StoredRows(PipelineProcess pipeline)
        : this(new ClickHouseOptions { Address = new Uri(pipeline.Environment["CLICKHOUSE_URL"]) })
    {
    }

    /// <summary>How often each observation is visible, and whether it is whole: its create and its update both arrived.</summary>
    internal async Task<IReadOnlyDictionary<string, (long Rows, long Whole)>> ObservationsAsync()
    {
        var rows = await _client.QueryAsync(
            "SELECT id, count() AS rows, countIf(input = concat('in ', substring(name, 2)) AND output = concat('out ', substring(name, 2))) AS whole FROM observations GROUP BY id",
            None,
            CancellationToken.None);
        return rows.ToDictionary(row => (string)row["id"]!, row => ((long)row["rows"]!, (long)row["whole"]!), StringComparer.Ordinal);
    }

    /// <summary>Whether one of the first of these observations is visible: asked for by id, so that the answer takes no longer the more there is.</summary>
    internal async Task<bool> IsAnyVisibleAsync(IEnumerable<string> ids)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal) { ["ids"] = $"['{string.Join("','", ids.Take(20))}']" };
        return (long)(await _client.QueryAsync("SELECT count() AS n FROM observations WHERE id IN {ids:Array(String)}", parameters, CancellationToken.None))[0]["n"]! > 0;
    }

    /// <summary>How often each trace is visible, and how many bytes its input has.</summary>
    internal async Task<IReadOnlyDictionary<string, (long Rows, long InputLength)>> InputsAsync()
    {
        var rows = await _client.QueryAsync("SELECT id, count() AS rows, max(length(input)) AS bytes FROM traces GROUP BY id", None, CancellationToken.None);
        return rows.ToDictionary(row => (string)row["id"]!, row => ((long)row["rows"]!, (long)row["bytes"]!), StringComparer.Ordinal);
    }

    public void Dispose() => _client.Dispose();
}
