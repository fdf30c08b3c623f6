using Pipeline.Storage.ClickHouse.Inserting;
using Pipeline.Storage.ClickHouse.Querying;
using Pipeline.Storage.ClickHouse.Tests.Http;
using Pipeline.Testing.Engine;

namespace Pipeline.Storage.ClickHouse.Tests.Querying;

[Collection(EngineCollection.Name)]
[Trait("Needs", "Engine")]
public sealed class ClickHousePressureTests(EngineFixture fixture)
{
    [EngineFact]
    public async Task Pressure_rises_with_the_parts_of_the_fullest_partition_and_follows_the_tables_own_limit()
    {
        using var database = await TestDatabase.CreateAsync(fixture.Engine);
        var pressure = new ClickHousePressure(database.Client, database.Options.Database);
        Assert.InRange((await pressure.ReadAsync(CancellationToken.None)).Parts, 0, 0.1);
        await database.ExecuteAsync("CREATE TABLE probe (day UInt8, n UInt64) ENGINE = MergeTree PARTITION BY day ORDER BY n SETTINGS parts_to_delay_insert = 20");
        await database.ExecuteAsync("SYSTEM STOP MERGES probe");

        for (var i = 0; i < 10; i++)
        {
            await database.ExecuteAsync($"INSERT INTO probe VALUES (1, {i})");
        }

        await database.ExecuteAsync("INSERT INTO probe VALUES (2, 1)");
        var rising = await pressure.ReadAsync(CancellationToken.None);
        Assert.Equal((0.5, 10, true), (rising.Parts, rising.MostActiveParts, rising.IsKnown));

        await database.ExecuteAsync("ALTER TABLE probe RESET SETTING parts_to_delay_insert");
        Assert.InRange((await pressure.ReadAsync(CancellationToken.None)).Parts, 0.0001, 0.1);
    }

    [Fact]
    public async Task A_store_that_does_not_answer_is_unknown()
    {
        using var client = new ClickHouseQueryClient(new ClickHouseOptions { Address = new Uri("http://127.0.0.1:1") });

        var pressure = await new ClickHousePressure(client, "pipeline").ReadAsync(CancellationToken.None);

        Assert.Equal((false, "the store does not answer"), (pressure.IsKnown, pressure.WhyUnknown));
    }

    [Fact]
    public async Task A_user_who_may_not_look_is_unknown_with_the_reason()
    {
        await using var server = WireFake.Answering(403, "Code: 497. DB::Exception: Not enough privileges.", "X-ClickHouse-Exception-Code: 497");
        using var client = new ClickHouseQueryClient(server.Options);

        var pressure = await new ClickHousePressure(client, "pipeline").ReadAsync(CancellationToken.None);

        Assert.Contains("497", pressure.WhyUnknown, StringComparison.Ordinal);
    }
}
