using Npgsql;
using Pipeline.Storage.Migrations;
using Pipeline.Storage.Postgres.Migrations;
using Pipeline.Testing.Postgres;

namespace Pipeline.Storage.Postgres.Tests;

[Collection(PostgresCollection.Name)]
public sealed class PostgresMigrationsTests(PostgresServer server)
{
    private static readonly Migration First = new("0001_first.sql", "CREATE TABLE first (id int); INSERT INTO first VALUES (1)");
    private static readonly Migration Second = new("0002_second.sql", "INSERT INTO first VALUES (2)");

    [PostgresFact]
    public async Task A_fresh_database_gets_every_file_in_order_and_a_second_run_finds_nothing()
    {
        await using var database = await server.CreateDatabaseAsync();
        var migrations = new PostgresMigrations(database, PostgresMigrations.BuiltIn());

        Assert.Equal(["0001_control_plane.sql", "0002_event_log.sql", "0003_failed_batches.sql"], await migrations.ApplyAsync(CancellationToken.None));
        Assert.Empty(await migrations.ApplyAsync(CancellationToken.None));
        Assert.Empty(await migrations.PlanAsync(CancellationToken.None));
    }

    [PostgresFact]
    public async Task A_file_that_came_later_is_applied_alone()
    {
        await using var database = await server.CreateDatabaseAsync();
        await new PostgresMigrations(database, [First]).ApplyAsync(CancellationToken.None);
        var both = new PostgresMigrations(database, [First, Second]);

        Assert.Equal([Second], await both.PlanAsync(CancellationToken.None));
        Assert.Equal([Second.Name], await both.ApplyAsync(CancellationToken.None));
        Assert.Equal(2L, await CountAsync(database, "first"));
    }

    [PostgresFact]
    public async Task A_changed_file_is_refused_by_name_and_nothing_is_applied()
    {
        await using var database = await server.CreateDatabaseAsync();
        await new PostgresMigrations(database, [First]).ApplyAsync(CancellationToken.None);
        var changed = new PostgresMigrations(database, [new Migration(First.Name, "CREATE TABLE other (id int)"), Second]);

        var refused = await Assert.ThrowsAsync<MigrationException>(() => changed.ApplyAsync(CancellationToken.None));

        Assert.Contains(First.Name, refused.Message, StringComparison.Ordinal);
        Assert.Equal(1L, await CountAsync(database, "first"));
    }

    [PostgresFact]
    public async Task A_file_that_fails_leaves_nothing_behind_and_can_be_mended()
    {
        await using var database = await server.CreateDatabaseAsync();
        var broken = new Migration(Second.Name, "INSERT INTO first VALUES (2); SELECT no_such_column FROM first");

        await Assert.ThrowsAsync<PostgresException>(() => new PostgresMigrations(database, [First, broken]).ApplyAsync(CancellationToken.None));

        Assert.Equal(1L, await CountAsync(database, "first"));
        Assert.Equal([Second.Name], await new PostgresMigrations(database, [First, Second]).ApplyAsync(CancellationToken.None));
    }

    [PostgresFact]
    public async Task Runners_at_the_same_time_apply_each_file_once()
    {
        await using var database = await server.CreateDatabaseAsync();

        var applied = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            () => new PostgresMigrations(database, [First, Second]).ApplyAsync(CancellationToken.None))));

        Assert.Equal([First.Name, Second.Name], applied.SelectMany(names => names));
        Assert.Equal(2L, await CountAsync(database, "first"));
    }

    private static async Task<long> CountAsync(NpgsqlDataSource database, string table)
    {
        await using var command = database.CreateCommand($"SELECT count(*) FROM {table}");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
