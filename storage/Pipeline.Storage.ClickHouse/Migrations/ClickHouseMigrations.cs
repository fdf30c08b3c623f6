using Pipeline.Storage.ClickHouse.Http;
using Pipeline.Storage.ClickHouse.Inserting;
using Pipeline.Storage.ClickHouse.Querying;
using Pipeline.Storage.Migrations;

namespace Pipeline.Storage.ClickHouse.Migrations;

/// <summary>Brings the schema forward, file by file; there is no way back but a new file.</summary>
/// <remarks>
/// Statements are written to be repeatable (IF NOT EXISTS, OR REPLACE), so two runners at once or a kill in the middle end in the same
/// schema. A file that changed after it was applied is refused.
/// </remarks>
public sealed class ClickHouseMigrations(ClickHouseOptions options, TableEngines engines, IReadOnlyList<Migration> migrations)
{
    private static readonly Dictionary<string, string> NoParameters = [];

    /// <summary>The files built into this assembly.</summary>
    public static IReadOnlyList<Migration> BuiltIn() => Migration.BuiltInto(typeof(ClickHouseMigrations).Assembly, "migrations.clickhouse.");

    /// <summary>Files that were not applied yet, in order.</summary>
    /// <exception cref="MigrationException">The files do not fit the database.</exception>
    /// <exception cref="ClickHouseException">ClickHouse cannot be reached or refused a statement.</exception>
    public async Task<IReadOnlyList<Migration>> PlanAsync(CancellationToken cancellationToken)
    {
        using var connection = new ClickHouseConnection(options);
        await RunAsync(connection, $"CREATE DATABASE IF NOT EXISTS `{options.Database}`", cancellationToken, database: "default");
        await RunAsync(
            connection,
            "CREATE TABLE IF NOT EXISTS schema_migrations (name String, checksum String, applied_at DateTime('UTC') DEFAULT now()) ENGINE = "
                + engines.FillIn("{replacing}") + " ORDER BY name",
            cancellationToken);

        using var client = new ClickHouseQueryClient(options);
        var applied = await client.QueryAsync("SELECT name, checksum FROM schema_migrations FINAL", NoParameters, cancellationToken);
        var checksums = applied.ToDictionary(row => (string)row["name"]!, row => (string)row["checksum"]!, StringComparer.Ordinal);
        return MigrationOrderRule.Pending(migrations, checksums);
    }

    /// <summary>Applies what is missing.</summary>
    /// <returns>The names of the files that were applied.</returns>
    /// <exception cref="MigrationException">The files do not fit the database.</exception>
    /// <exception cref="ClickHouseException">ClickHouse cannot be reached or refused a statement.</exception>
    public async Task<IReadOnlyList<string>> ApplyAsync(CancellationToken cancellationToken)
    {
        var missing = await PlanAsync(cancellationToken);
        using var connection = new ClickHouseConnection(options);
        foreach (var migration in missing)
        {
            foreach (var statement in MigrationScript.StatementsOf(migration, engines))
            {
                await RunAsync(connection, statement, cancellationToken);
            }

            await RunAsync(connection, $"INSERT INTO schema_migrations (name, checksum) VALUES ('{migration.Name}', '{migration.Checksum}')", cancellationToken);
        }

        return [.. missing.Select(migration => migration.Name)];
    }

    private async Task RunAsync(ClickHouseConnection connection, string statement, CancellationToken cancellationToken, string? database = null)
    {
        var answer = await connection.SendAsync(new ClickHouseRequest(statement, options.QueryTimeout) { Database = database }, cancellationToken);
        if (answer.Error is not null)
        {
            throw new ClickHouseException(answer.Error) { Code = answer.Code };
        }
    }
}
