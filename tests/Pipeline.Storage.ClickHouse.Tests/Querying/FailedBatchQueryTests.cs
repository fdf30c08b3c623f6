using System.Text.Json.Nodes;
using Pipeline.Storage.ClickHouse.Inserting;
using Pipeline.Storage.ClickHouse.Querying;
using Pipeline.Storage.Failures;
using Pipeline.Storage.Objects.Folders;
using Pipeline.Testing.Engine;
using Pipeline.Testing.Failures;
using Pipeline.Testing.ObjectStores;

namespace Pipeline.Storage.ClickHouse.Tests.Querying;

/// <summary>ClickHouse's own table functions read failed batches as they lie there.</summary>
[Collection(EngineCollection.Name)]
public sealed class FailedBatchQueryTests(EngineFixture fixture)
{
    [EngineFact]
    public async Task The_file_function_reads_them_with_all_columns()
    {
        // A server elsewhere does not see this machine's files.
        if (EngineProcess.IsExternal)
        {
            return;
        }

        var folder = Path.Combine(fixture.Engine.DataFolder, "user_files", $"{Guid.CreateVersion7():N}");
        await new FailureStore(new FolderObjectStore(folder)).WriteAsync(TestFailedBatches.Typical(), CancellationToken.None);

        await AssertReadAsync($"file('{folder}/failed/*/*/*/*/records.jsonl.gz', 'JSONEachRow')");
    }

    private async Task AssertReadAsync(string source)
    {
        using var client = new ClickHouseQueryClient(new ClickHouseOptions { Address = fixture.Engine.Address, Database = "default" });
        var rows = await client.QueryAsync(
            $"SELECT project_id, offset, events, lane, payload_kind, class, hour, failures[1].reason AS reason, length(base64Decode(value)) AS bytes FROM {source} ORDER BY partition, offset SETTINGS use_hive_partitioning = 1",
            new Dictionary<string, string>(StringComparer.Ordinal), CancellationToken.None);

        var expected = TestFailedBatches.Typical().Records.OrderBy(record => record.Partition).ThenBy(record => record.Offset).ToList();
        Assert.Equal(expected.Select(record => record.Decoded?.ProjectId ?? ""), rows.Select(row => (string?)row["project_id"]));
        Assert.Equal(expected.Select(record => record.Value.Length), rows.Select(row => (int)row["bytes"]!));
        Assert.Equal(expected.Select(record => record.Failures[0].Reason), rows.Select(row => (string?)row["reason"]));
        Assert.All(rows, row => Assert.Equal(("poison", "12"), ((string?)row["class"], row["hour"]!.ToString())));
    }
}
