using System.Text.Json.Nodes;
using Pipeline.Storage.Batches;
using Pipeline.Storage.ClickHouse.Http;
using Pipeline.Storage.ClickHouse.Inserting;
using Pipeline.Storage.ClickHouse.Migrations;
using Pipeline.Storage.ClickHouse.Querying;
using Pipeline.Testing.Engine;

namespace Pipeline.Storage.ClickHouse.Tests;

/// <summary>A migrated database of its own, with a store and a reader.</summary>
internal sealed class TestDatabase : IDisposable
{
    internal static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>(StringComparer.Ordinal);

    private TestDatabase(ClickHouseOptions options)
    {
        Options = options;
        Store = new ClickHouseStateStore(options);
        Client = new ClickHouseQueryClient(options);
    }

    internal ClickHouseOptions Options { get; }

    internal ClickHouseStateStore Store { get; }

    internal ClickHouseQueryClient Client { get; }

    internal static async Task<TestDatabase> CreateAsync(EngineProcess engine)
    {
        var options = new ClickHouseOptions { Address = engine.Address, Database = EngineFixture.NewDatabase() };
        await new ClickHouseMigrations(options, new TableEngines(IsReplicated: false), ClickHouseMigrations.BuiltIn()).ApplyAsync(CancellationToken.None);
        return new TestDatabase(options);
    }

    internal Task<IReadOnlyList<JsonObject>> QueryAsync(string sql) => Client.QueryAsync(sql, None, CancellationToken.None);

    /// <summary>Runs a statement that writes.</summary>
    internal async Task ExecuteAsync(string statement)
    {
        using var connection = new ClickHouseConnection(Options);
        var answer = await connection.SendAsync(new ClickHouseRequest(statement, Options.QueryTimeout), CancellationToken.None);
        Assert.Null(answer.Error);
    }

    internal async Task InsertAsync(StateBatch batch)
    {
        using var prepared = Store.Prepare(batch);
        Assert.Equal(InsertResult.Inserted, await Store.InsertAsync(prepared, CancellationToken.None));
    }

    public void Dispose()
    {
        Store.Dispose();
        Client.Dispose();
    }
}
