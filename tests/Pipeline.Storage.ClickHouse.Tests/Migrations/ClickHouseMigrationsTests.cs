using Pipeline.Storage.ClickHouse.Inserting;
using Pipeline.Storage.ClickHouse.Migrations;
using Pipeline.Storage.Migrations;
using Pipeline.Testing.Engine;

namespace Pipeline.Storage.ClickHouse.Tests.Migrations;

[Collection(EngineCollection.Name)]
[Trait("Needs", "Engine")]
public sealed class ClickHouseMigrationsTests(EngineFixture fixture)
{
    private static readonly Migration First = new("0001_first.sql", "CREATE TABLE IF NOT EXISTS a (x UInt8) ENGINE = {replacing} ORDER BY x;");

    [EngineFact]
    public async Task What_is_missing_is_planned_then_applied_and_then_nothing_is_left()
    {
        var second = new Migration("0002_second.sql", "CREATE TABLE IF NOT EXISTS b (x UInt8) ENGINE = {replacing} ORDER BY x;");
        var options = NewDatabase();

        Assert.Equal(["0001_first.sql"], await Create(options, First).ApplyAsync(CancellationToken.None));
        Assert.Equal(["0002_second.sql"], (await Create(options, First, second).PlanAsync(CancellationToken.None)).Select(migration => migration.Name));
        Assert.Equal(["0002_second.sql"], await Create(options, First, second).ApplyAsync(CancellationToken.None));
        Assert.Empty(await Create(options, First, second).ApplyAsync(CancellationToken.None));
    }

    [EngineFact]
    public async Task A_file_that_changed_after_it_was_applied_is_refused_by_name()
    {
        var options = NewDatabase();
        await Create(options, First).ApplyAsync(CancellationToken.None);

        var failure = await Assert.ThrowsAsync<MigrationException>(() => Create(options, First with { Text = First.Text + "\n" }).ApplyAsync(CancellationToken.None));

        Assert.Contains("0001_first.sql", failure.Message, StringComparison.Ordinal);
    }

    [EngineFact]
    public async Task A_file_that_failed_half_way_is_applied_again_from_its_start()
    {
        var options = NewDatabase();
        var broken = new Migration("0001_first.sql", First.Text + "\nCREATE TABLE IF NOT EXISTS broken (x NoSuchType) ENGINE = {replacing} ORDER BY x;");

        await Assert.ThrowsAsync<ClickHouseException>(() => Create(options, broken).ApplyAsync(CancellationToken.None));

        Assert.Equal(["0001_first.sql"], await Create(options, First).ApplyAsync(CancellationToken.None));
    }

    [EngineFact]
    public async Task Runners_at_the_same_time_end_in_the_same_schema()
    {
        var options = NewDatabase();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Create(options, [.. ClickHouseMigrations.BuiltIn()]).ApplyAsync(CancellationToken.None)));

        Assert.Empty(await Create(options, [.. ClickHouseMigrations.BuiltIn()]).PlanAsync(CancellationToken.None));
    }

    private static ClickHouseMigrations Create(ClickHouseOptions options, params Migration[] migrations) =>
        new(options, new TableEngines(IsReplicated: false), migrations);

    private ClickHouseOptions NewDatabase() => new() { Address = fixture.Engine.Address, Database = EngineFixture.NewDatabase() };
}
