using Npgsql;
using Pipeline.Storage.Migrations;

namespace Pipeline.Storage.Postgres.Migrations;

/// <summary>Brings the schema forward, file by file, each in a transaction of its own together with its record.</summary>
/// <remarks>An advisory lock lets one runner at a time through; a second one finds nothing left to do. Forward only: there is no way down.</remarks>
public sealed class PostgresMigrations(NpgsqlDataSource source, IReadOnlyList<Migration> migrations)
{
    // Any constant will do, as long as nothing else in the database uses it.
    private const long LockKey = 7_214_523_001;

    /// <summary>The files built into this assembly.</summary>
    public static IReadOnlyList<Migration> BuiltIn() => Migration.BuiltInto(typeof(PostgresMigrations).Assembly, "migrations.postgres.");

    /// <summary>Files that were not applied yet, in order; changes nothing.</summary>
    /// <exception cref="MigrationException">The files do not fit the database: changed, missing, out of order, or misnumbered.</exception>
    /// <exception cref="NpgsqlException">Postgres cannot be reached or refused.</exception>
    public async Task<IReadOnlyList<Migration>> PlanAsync(CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await PlanAsync(connection, cancellationToken);
    }

    /// <summary>Applies what is missing.</summary>
    /// <returns>The names of the files that were applied.</returns>
    /// <exception cref="MigrationException">The files do not fit the database: changed, missing, out of order, or misnumbered.</exception>
    /// <exception cref="NpgsqlException">Postgres cannot be reached or refused a statement; that file was not applied.</exception>
    public async Task<IReadOnlyList<string>> ApplyAsync(CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await ExecuteAsync(connection, $"SELECT pg_advisory_lock({LockKey})", cancellationToken);
        try
        {
            var missing = await PlanAsync(connection, cancellationToken);
            if (missing.Count > 0)
            {
                await ExecuteAsync(
                    connection,
                    "CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())",
                    cancellationToken);
            }

            foreach (var migration in missing)
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                await ExecuteAsync(connection, migration.Text, cancellationToken);
                await using var record = new NpgsqlCommand("INSERT INTO schema_migrations (name, checksum) VALUES ($1, $2)", connection);
                record.Parameters.Add(new NpgsqlParameter<string> { TypedValue = migration.Name });
                record.Parameters.Add(new NpgsqlParameter<string> { TypedValue = migration.Checksum });
                await record.ExecuteNonQueryAsync(cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }

            return [.. missing.Select(migration => migration.Name)];
        }
        finally
        {
            // A connection that broke has lost the lock already; asking it to unlock would hide why it broke.
            if (connection.FullState == System.Data.ConnectionState.Open)
            {
                await ExecuteAsync(connection, $"SELECT pg_advisory_unlock({LockKey})", CancellationToken.None);
            }
        }
    }

    private async Task<IReadOnlyList<Migration>> PlanAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        MigrationOrderRule.Pending(migrations, await ReadAppliedAsync(connection, cancellationToken));

    private static async Task<Dictionary<string, string>> ReadAppliedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var applied = new Dictionary<string, string>(StringComparer.Ordinal);
        await using var exists = new NpgsqlCommand("SELECT to_regclass('schema_migrations') IS NOT NULL", connection);
        if (!(bool)(await exists.ExecuteScalarAsync(cancellationToken))!)
        {
            return applied;
        }

        await using var command = new NpgsqlCommand("SELECT name, checksum FROM schema_migrations", connection);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            applied.Add(rows.GetString(0), rows.GetString(1));
        }

        return applied;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
