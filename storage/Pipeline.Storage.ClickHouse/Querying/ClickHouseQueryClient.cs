using System.Text.Json.Nodes;
using Pipeline.Storage.ClickHouse.Http;
using Pipeline.Storage.ClickHouse.Inserting;

namespace Pipeline.Storage.ClickHouse.Querying;

/// <summary>A thin reader for the command line and for tests: SQL with typed parameters in, rows as JSON objects out.</summary>
/// <remarks>Thread-safe. A server runs what this sends as read-only; a statement that writes is refused.</remarks>
public sealed class ClickHouseQueryClient : IDisposable
{
    private readonly ClickHouseConnection _connection;
    private readonly TimeSpan _timeout;

    /// <summary>Creates the client; nothing is sent yet.</summary>
    public ClickHouseQueryClient(ClickHouseOptions options)
    {
        _connection = new ClickHouseConnection(options);
        _timeout = options.QueryTimeout;
    }

    /// <summary>Runs a query; parameters stand in it as <c>{name:Type}</c>, never pasted as text.</summary>
    /// <returns>One object per row; 64-bit integers are numbers, times are ISO 8601 text in UTC.</returns>
    /// <exception cref="ClickHouseException">ClickHouse refused or did not answer.</exception>
    public async Task<IReadOnlyList<JsonObject>> QueryAsync(string sql, IReadOnlyDictionary<string, string> parameters, CancellationToken cancellationToken)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["default_format"] = "JSONEachRow",
            ["date_time_output_format"] = "iso",
            ["output_format_json_quote_64bit_integers"] = "0",
        };
        foreach (var (name, value) in parameters)
        {
            // Parameter values are read in the escaped text form, where a backslash or a tab must not stand for itself.
            all["param_" + name] = value
                .Replace("\\", "\\\\", StringComparison.Ordinal)
                .Replace("\t", "\\t", StringComparison.Ordinal)
                .Replace("\n", "\\n", StringComparison.Ordinal);
        }

        var answer = await _connection.SendAsync(new ClickHouseRequest(sql, _timeout) { Parameters = all, IsReadOnly = true }, cancellationToken);
        if (answer.Error is not null)
        {
            throw new ClickHouseException(answer.Error) { Code = answer.Code };
        }

        var rows = new List<JsonObject>();
        foreach (var line in SplitLines(answer.Body))
        {
            rows.Add((JsonObject)JsonNode.Parse(answer.Body.AsSpan(line))!);
        }

        return rows;
    }

    /// <inheritdoc />
    public void Dispose() => _connection.Dispose();

    private static List<Range> SplitLines(byte[] body)
    {
        var lines = new List<Range>();
        var start = 0;
        while (start < body.Length)
        {
            var length = body.AsSpan(start).IndexOf((byte)'\n');
            var end = length < 0 ? body.Length : start + length;
            if (end > start)
            {
                lines.Add(start..end);
            }

            start = end + 1;
        }

        return lines;
    }
}
