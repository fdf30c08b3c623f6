using Pipeline.Storage.Postgres.Migrations;
using Pipeline.Testing.Postgres;

namespace Pipeline.Storage.Postgres.Tests;

[Collection(PostgresCollection.Name)]
public sealed class PostgresMigrationsTests(PostgresServer server)
{
    private static readonly string[] BuiltInNames = [.. PostgresMigration.BuiltIn().Select(migration => migration.Name)];

    [PostgresFact]
    public async Task A_fresh_database_gets_every_file_once()
    {
        await using var source = await server.CreateDatabaseAsync(isMigrated: false);
        var migrations = new PostgresMigrations(source, PostgresMigration.BuiltIn());

        Assert.Equal(BuiltInNames, await migrations.ApplyAsync(CancellationToken.None));
        Assert.Empty(await migrations.ApplyAsync(CancellationToken.None));
    }

    [PostgresFact]
    public async Task A_changed_file_is_refused_by_name()
    {
        await using var source = await server.CreateDatabaseAsync();
        var changed = PostgresMigration.BuiltIn().Select(migration => migration with { Text = migration.Text + "\n-- changed" }).ToList();

        var refused = await Assert.ThrowsAsync<MigrationException>(() => new PostgresMigrations(source, changed).PlanAsync(CancellationToken.None));

        Assert.Contains(BuiltInNames[0], refused.Message, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task Two_runners_at_once_apply_each_file_once()
    {
        await using var source = await server.CreateDatabaseAsync(isMigrated: false);

        var applied = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => new PostgresMigrations(source, PostgresMigration.BuiltIn()).ApplyAsync(CancellationToken.None)));

        Assert.Equal(BuiltInNames, applied.SelectMany(names => names).Order(StringComparer.Ordinal));
    }

    [PostgresFact]
    public async Task A_file_that_fails_leaves_nothing_behind()
    {
        await using var source = await server.CreateDatabaseAsync(isMigrated: false);
        var broken = new PostgresMigrations(source, [new PostgresMigration("0001_broken.sql", "CREATE TABLE half (id int); SELECT no_such_function();")]);

        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => broken.ApplyAsync(CancellationToken.None));

        await using var command = source.CreateCommand("SELECT count(*) FROM pg_tables WHERE tablename = 'half'");
        Assert.Equal(0L, await command.ExecuteScalarAsync());
        Assert.Single(await broken.PlanAsync(CancellationToken.None));
    }
}
