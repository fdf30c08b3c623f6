using Npgsql;
using Pipeline.Storage.Postgres;
using Pipeline.Storage.Postgres.Embedded;
using Xunit;

namespace Pipeline.Testing.Postgres;

/// <summary>A Postgres server with a data folder of its own; it can be killed and started again on the same folder and port.</summary>
/// <remarks>As a collection fixture it is one server for an assembly; where there are no binaries it starts nothing and the tests are skipped.</remarks>
public sealed class PostgresServer : IAsyncLifetime
{
    private readonly string _folder;
    private readonly int _port = FreePorts.Next();
    private PostgresProcess? _process;

    /// <summary>A server in a temporary folder.</summary>
    public PostgresServer()
        : this(RepositoryFolders.CreateTemporary("postgres"))
    {
    }

    private PostgresServer(string folder) => _folder = folder;

    /// <summary>Why there is no server here; null when there is.</summary>
    public static string? MissingReason { get; } = BinFolder is null
        ? "needs Postgres: run `make install-local`, set POSTGRES_BIN_DIR, or install postgresql"
        : null;

    /// <summary>Where it listens.</summary>
    public int Port => _port;

    private static string? BinFolder => Environment.GetEnvironmentVariable("POSTGRES_BIN_DIR") ?? Candidates().FirstOrDefault(HasServer);

    /// <summary>Whether the server lives.</summary>
    public bool IsRunning => _process is { Exited.IsCompleted: false };

    /// <summary>A server in that folder, which it removes at the end.</summary>
    public static PostgresServer In(string folder) => new(folder);

    public async Task InitializeAsync()
    {
        if (MissingReason is null)
        {
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

    /// <summary>Starts the server, or starts it again.</summary>
    public async Task StartAsync()
    {
        // Under root the server runs as another user, who must be able to reach its folder.
        File.SetUnixFileMode(_folder, File.GetUnixFileMode(_folder) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        _process = await PostgresProcess.StartAsync(
            new PostgresProcessOptions
            {
                BinFolder = BinFolder!,
                DataFolder = Path.Combine(_folder, "data"),
                LogFile = Path.Combine(_folder, "log"),
                Port = _port,
            },
            CancellationToken.None);
    }

    /// <summary>Ends the server by an immediate shutdown: it drops everything and leaves recovery to the next start.</summary>
    public async Task StopImmediatelyAsync()
    {
        using var quit = System.Diagnostics.Process.Start("kill", ["-QUIT", _process!.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await _process.Exited.WaitAsync(TimeSpan.FromSeconds(20));
        await _process.DisposeAsync();
        _process = null;
    }

    /// <summary>Ends the server with SIGKILL.</summary>
    public Task KillAsync() => _process!.KillAsync();

    /// <summary>Creates an empty database that nothing else uses.</summary>
    public async Task<NpgsqlDataSource> CreateDatabaseAsync()
    {
        var name = "test_" + Guid.CreateVersion7().ToString("N");
        var address = new NpgsqlConnectionStringBuilder(PostgresAddress.ToConnectionString(PostgresProcess.AddressOf(_port)));
        await using (var server = NpgsqlDataSource.Create(address))
        await using (var create = server.CreateCommand($"CREATE DATABASE {name}"))
        {
            await create.ExecuteNonQueryAsync();
        }

        return NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(address.ConnectionString) { Database = name });
    }

    private static IEnumerable<string> Candidates()
    {
        yield return Path.Combine(RepositoryFolders.NodeModules, "@embedded-postgres", "linux-x64", "native", "bin");
        if (Directory.Exists("/usr/lib/postgresql"))
        {
            foreach (var version in Directory.GetDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal))
            {
                yield return Path.Combine(version, "bin");
            }
        }
    }

    private static bool HasServer(string folder) => File.Exists(Path.Combine(folder, "postgres"));
}
