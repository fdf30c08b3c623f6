using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Npgsql;

namespace Pipeline.Storage.Postgres.Embedded;

/// <summary>A Postgres server of our own: loopback only, its data in one folder, started and stopped with its owner.</summary>
/// <remarks>
/// Postgres refuses to run as root, so as root it runs as the unprivileged user 65534 and owns its folder. A server that outlived a killed
/// owner, or children that outlived a killed server, are stopped before a new one starts: two would corrupt nothing, Postgres sees to that,
/// but the new one could not start. A folder appears whole or not at all, so a kill during the first start does no harm.
/// </remarks>
public sealed class PostgresProcess : IAsyncDisposable
{
    /// <summary>Name of the database user and of the database.</summary>
    public const string DatabaseName = "pipeline";

    private const int UnprivilegedUser = 65_534;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(15);

    // Children notice the death of their postmaster at once, unless they are in the middle of something long.
    private static readonly TimeSpan OrphanTimeout = TimeSpan.FromSeconds(2);

    private readonly PostgresProcessOptions _options;
    private readonly Process _process;

    private PostgresProcess(PostgresProcessOptions options, Process process)
    {
        _options = options;
        _process = process;
    }

    /// <summary>Process id of the postmaster.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Completes when the server ends, for whatever reason.</summary>
    public Task Exited => _process.WaitForExitAsync();

    /// <summary>Connection address for people and for other programs.</summary>
    public static string AddressOf(int port) => string.Create(CultureInfo.InvariantCulture, $"postgresql://{DatabaseName}@127.0.0.1:{port}/{DatabaseName}");

    /// <summary>Initialises the folder when needed, starts the server and waits until it answers.</summary>
    /// <exception cref="PostgresStartException">It did not start.</exception>
    public static async Task<PostgresProcess> StartAsync(PostgresProcessOptions options, CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Combine(options.BinFolder, "postgres")))
        {
            throw new PostgresStartException($"{options.BinFolder} has no postgres; `make install-local` installs one");
        }

        if (!File.Exists(Path.Combine(options.DataFolder, "PG_VERSION")))
        {
            await InitialiseAsync(options, cancellationToken);
        }

        await StopSurvivorsAsync(options, cancellationToken);
        var postgres = new PostgresProcess(options, Start(options, "postgres", Arguments(options)));
        try
        {
            await postgres.WaitUntilReadyAsync(cancellationToken);
            return postgres;
        }
        catch
        {
            await postgres.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the server with SIGKILL, as a crash would, and waits until its children are gone too.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await DataFolderProcesses.EndOrphansAsync(_options.DataFolder, OrphanTimeout);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // SIGINT is Postgres' fast shutdown: roll back what is open, write what is committed, leave.
            DataFolderProcesses.Interrupt(_process.Id);
            using var deadline = new CancellationTokenSource(StopTimeout);
            try
            {
                await _process.WaitForExitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                await KillAsync();
            }
        }

        _process.Dispose();
    }

    // The promise of the log is fsync and synchronous_commit; they are said here so that no edit of the folder's own configuration undoes it.
    private static string[] Arguments(PostgresProcessOptions options) =>
    [
        "-D", options.DataFolder,
        "-p", options.Port.ToString(CultureInfo.InvariantCulture),
        "-c", "listen_addresses=127.0.0.1",
        "-c", "unix_socket_directories=",
        "-c", "max_connections=100",
        "-c", "shared_buffers=128MB",
        "-c", "fsync=on",
        "-c", "synchronous_commit=on",
        "-c", "full_page_writes=on",

        // Nobody replicates from it; a group of records fits into the buffers; checkpoints by time, not by volume.
        "-c", "wal_level=minimal",
        "-c", "max_wal_senders=0",
        "-c", "wal_buffers=16MB",
        "-c", "max_wal_size=1GB",
        "-c", "checkpoint_timeout=5min",
        "-c", "log_checkpoints=off",
    ];

    // initdb marks a folder as complete long before it is: it works on a draft, which gets the name when it is done.
    private static async Task InitialiseAsync(PostgresProcessOptions options, CancellationToken cancellationToken)
    {
        var draft = options.DataFolder.TrimEnd('/') + ".new";
        if (Directory.Exists(draft))
        {
            Directory.Delete(draft, recursive: true);
        }

        Directory.CreateDirectory(draft, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (Environment.IsPrivilegedProcess)
        {
            _ = Chown(draft, UnprivilegedUser, UnprivilegedUser);
        }

        using var initdb = Start(options, "initdb", ["-D", draft, "-U", DatabaseName, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-instructions"]);
        await initdb.WaitForExitAsync(cancellationToken);
        if (initdb.ExitCode != 0)
        {
            throw new PostgresStartException($"initdb failed with exit code {initdb.ExitCode}; its messages are in {options.LogFile}");
        }

        if (Directory.Exists(options.DataFolder))
        {
            // Only an empty one may be here: anything else is not ours to remove, and this throws.
            Directory.Delete(options.DataFolder);
        }

        Directory.Move(draft, options.DataFolder);
    }

    private static Process Start(PostgresProcessOptions options, string program, string[] arguments)
    {
        // The shell only joins both outputs into the log file and is replaced by the program, so the pid is the program's. In a session of its own
        // Ctrl-C in the terminal does not reach it: its owner stops it last.
        var prefix = "setsid " + (Environment.IsPrivilegedProcess ? $"setpriv --reuid={UnprivilegedUser} --regid={UnprivilegedUser} --clear-groups " : "");
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false, WorkingDirectory = "/" };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"exec >>\"$0\" 2>&1 </dev/null; exec {prefix}\"$@\"");
        start.ArgumentList.Add(options.LogFile);
        start.ArgumentList.Add(Path.Combine(options.BinFolder, program));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start) ?? throw new PostgresStartException($"cannot start {program}");
    }

    private static async Task StopSurvivorsAsync(PostgresProcessOptions options, CancellationToken cancellationToken)
    {
        var file = Path.Combine(options.DataFolder, "postmaster.pid");
        if (!File.Exists(file)
            || !int.TryParse((await File.ReadAllTextAsync(file, cancellationToken)).Split('\n')[0], CultureInfo.InvariantCulture, out var pid)
            || !Directory.Exists($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}"))
        {
            await DataFolderProcesses.EndOrphansAsync(options.DataFolder, OrphanTimeout);
        }
        else if (DataFolderProcesses.Contains(options.DataFolder, pid))
        {
            DataFolderProcesses.Interrupt(pid);
            await DataFolderProcesses.EndOrphansAsync(options.DataFolder, StopTimeout);
        }
        else
        {
            // The number belongs to another program by now, and Postgres would take that for a server and refuse to start.
            await DataFolderProcesses.EndOrphansAsync(options.DataFolder, OrphanTimeout);
            File.Delete(file);
        }
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        var settings = new NpgsqlConnectionStringBuilder(PostgresAddress.ToConnectionString(AddressOf(_options.Port))) { Database = "postgres", Pooling = false, Timeout = 2 };
        var elapsed = Stopwatch.StartNew();
        while (true)
        {
            if (_process.HasExited)
            {
                throw new PostgresStartException($"postgres ended with exit code {_process.ExitCode}; its messages are in {_options.LogFile}");
            }

            try
            {
                await using var connection = new NpgsqlConnection(settings.ConnectionString);
                await connection.OpenAsync(cancellationToken);
                await CreateDatabaseAsync(connection, cancellationToken);
                return;
            }
            catch (Exception fault) when (fault is NpgsqlException or TimeoutException)
            {
                if (elapsed.Elapsed > StartTimeout)
                {
                    throw new PostgresStartException($"postgres does not answer within {StartTimeout.TotalSeconds:0} s; its messages are in {_options.LogFile}", fault);
                }

                await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
            }
        }
    }

    private static async Task CreateDatabaseAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var exists = new NpgsqlCommand($"SELECT count(*) FROM pg_database WHERE datname = '{DatabaseName}'", connection);
        if ((long)(await exists.ExecuteScalarAsync(cancellationToken))! == 0)
        {
            await using var create = new NpgsqlCommand($"CREATE DATABASE {DatabaseName}", connection);
            await create.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    [DllImport("libc", EntryPoint = "chown", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Chown([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int owner, int group);
}
