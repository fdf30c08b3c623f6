using Npgsql;
using Pipeline.Storage.Postgres.Migrations;
using Xunit;

namespace Pipeline.Testing.Postgres;

/// <summary>A migrated database for the tests of one class.</summary>
public sealed class PostgresDatabase(PostgresServer server) : IAsyncLifetime
{
    private NpgsqlDataSource? _source;

    public NpgsqlDataSource Source => _source ?? throw new InvalidOperationException("Postgres is not available; mark the test with [PostgresFact]");

    public async Task InitializeAsync()
    {
        if (PostgresServer.MissingReason is null)
        {
            _source = await server.CreateDatabaseAsync();
            await new PostgresMigrations(_source, PostgresMigrations.BuiltIn()).ApplyAsync(CancellationToken.None);
        }
    }

    public async Task DisposeAsync()
    {
        if (_source is not null)
        {
            await _source.DisposeAsync();
        }
    }
}
