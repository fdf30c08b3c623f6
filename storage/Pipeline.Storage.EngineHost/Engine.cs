using System.Text;
using System.Threading.Channels;
using Pipeline.Storage.EngineHost.Native;

namespace Pipeline.Storage.EngineHost;

/// <summary>The ClickHouse engine in this process: a fixed set of connections to one data folder, each used by one query at a time.</summary>
/// <remarks>
/// The folder is held by an operating system lock, which the kernel drops with the process: a killed host never blocks its successor, and two
/// live ones never share a folder.
/// </remarks>
internal sealed class Engine : IAsyncDisposable
{
    private const string LockFileName = "host.lock";
    private readonly ChdbLibrary _library;
    private readonly FileStream _folderLock;
    private readonly int _connectionCount;
    private readonly Channel<nint> _idle;

    private Engine(ChdbLibrary library, FileStream folderLock, IReadOnlyList<nint> connections)
    {
        _library = library;
        _folderLock = folderLock;
        _connectionCount = connections.Count;
        _idle = Channel.CreateBounded<nint>(connections.Count);
        foreach (var connection in connections)
        {
            _idle.Writer.TryWrite(connection);
        }
    }

    internal static Engine Open(EngineOptions options)
    {
        Directory.CreateDirectory(options.DataFolder);
        var folderLock = LockFolder(options.DataFolder);
        try
        {
            var library = new ChdbLibrary(options.LibraryPath);
            var connections = new List<nint>();
            for (var i = 0; i < options.MaxConcurrentQueries; i++)
            {
                var connection = library.Connect(Arguments(options));
                if (connection == 0)
                {
                    throw new EngineStartException($"the engine refused to open {options.DataFolder}; its messages are on stderr");
                }

                connections.Add(connection);
            }

            return new Engine(library, folderLock, connections);
        }
        catch
        {
            folderLock.Dispose();
            throw;
        }
    }

    /// <summary>Waits for a free connection, applies the settings, runs the statement, and takes the settings back.</summary>
    internal async Task<EngineResult> RunAsync(EngineStatement statement, CancellationToken cancellationToken)
    {
        var connection = await _idle.Reader.ReadAsync(cancellationToken);
        try
        {
            // A statement blocks its thread until it is done; the thread pool must not run dry of threads that serve /ping.
            return await Task.Factory.StartNew(
                () => Run(connection, statement),
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
        }
        finally
        {
            _idle.Writer.TryWrite(connection);
        }
    }

    public async ValueTask DisposeAsync()
    {
        for (var i = 0; i < _connectionCount; i++)
        {
            _library.Close(await _idle.Reader.ReadAsync());
        }

        await _folderLock.DisposeAsync();
    }

    private EngineResult Run(nint connection, EngineStatement statement)
    {
        var applied = new List<string>();
        try
        {
            // Each connection keeps its current database, so every statement states its own.
            var use = Execute(connection, $"USE `{statement.Database.Replace("`", "\\`", StringComparison.Ordinal)}`", "TabSeparated");
            if (use.Error is not null)
            {
                return use;
            }

            foreach (var (name, value) in statement.Settings)
            {
                var set = Execute(connection, $"SET {name} = '{Escape(value)}'", "TabSeparated");
                if (set.Error is not null)
                {
                    return set;
                }

                applied.Add(name);
            }

            return Execute(connection, statement.Query, statement.Format);
        }
        finally
        {
            foreach (var name in applied)
            {
                if (!name.StartsWith("param_", StringComparison.Ordinal))
                {
                    Execute(connection, $"SET {name} = DEFAULT", "TabSeparated");
                }
            }
        }
    }

    private EngineResult Execute(nint connection, string query, string format) =>
        _library.Query(connection, Encoding.UTF8.GetBytes(query), Encoding.UTF8.GetBytes(format));

    private static string Escape(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal);

    // Sized for a laptop: small caches, and background merges that leave the cores to the pipeline.
    private static string[] Arguments(EngineOptions options) =>
    [
        "clickhouse",
        $"--path={options.DataFolder}",
        $"--max_server_memory_usage={options.MaxMemoryBytes}",
        "--mark_cache_size=67108864",
        "--uncompressed_cache_size=0",
        "--background_pool_size=2",
        "--background_schedule_pool_size=2",
    ];

    private static FileStream LockFolder(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, LockFileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException failure)
        {
            throw new EngineStartException($"another engine host serves {folder}; stop it first", failure);
        }
    }
}
