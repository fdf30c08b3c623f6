using System.Security.Cryptography;
using System.Text;
using Pipeline.Storage.ClickHouse.Inserting;
using Pipeline.Storage.ClickHouse.Querying;

namespace Pipeline.EndToEnd.Tests;

/// <summary>One text for everything that readers of a project see, so that two pipelines can be compared byte by byte.</summary>
/// <remarks>Without the id of the project, which is made up anew for each database.</remarks>
internal static class ViewDigest
{
    private static readonly string[] Views = ["traces", "observations", "scores"];
    private static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>(StringComparer.Ordinal);

    internal static async Task<string> OfAsync(ClickHouseOptions options, Action<string> announce)
    {
        using var client = new ClickHouseQueryClient(options);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var view in Views)
        {
            var rows = await client.QueryAsync($"SELECT * EXCEPT (project_id) FROM {view} ORDER BY ALL", None, CancellationToken.None);
            Assert.NotEmpty(rows);
            announce($"{rows.Count} {view}");
            foreach (var row in rows)
            {
                hash.AppendData(Encoding.UTF8.GetBytes(row.ToJsonString()));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
