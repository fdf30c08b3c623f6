using System.Diagnostics;

namespace Pipeline.Testing.Engine;

/// <summary>An engine host as a child process with a data folder of its own; it can be killed and started again on the same folder.</summary>
/// <remarks>With <c>CLICKHOUSE_URL</c> set, the tests use that server instead and killing is not offered.</remarks>
public sealed class EngineProcess : IAsyncDisposable
{
    private static readonly string? ExternalUrl = Environment.GetEnvironmentVariable("CLICKHOUSE_URL");
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly string _dataFolder;
    private Process? _process;

    private EngineProcess(string dataFolder) => _dataFolder = dataFolder;

    public static string LibraryPath =>
        Environment.GetEnvironmentVariable("CHDB_LIBRARY") ?? Path.Combine(RepositoryFolders.NodeModules, "@chdb", "lib-linux-x64-gnu", "libchdb.so");

    public static bool IsAvailable => ExternalUrl is not null || File.Exists(LibraryPath);

    public static bool IsExternal => ExternalUrl is not null;

    public Uri Address { get; private set; } = new(ExternalUrl ?? "http://127.0.0.1:1");

    public string DataFolder => _dataFolder;

    public int ProcessId => _process!.Id;

    public static async Task<EngineProcess> StartAsync()
    {
        var engine = new EngineProcess(RepositoryFolders.CreateTemporary("engine"));
        if (!IsExternal)
        {
            await engine.StartProcessAsync(port: 0);
        }

        return engine;
    }

    /// <summary>Ends the host with SIGKILL, as a power cut of the process would.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Starts a host again on the same folder and the same port.</summary>
    public Task RestartAsync() => StartProcessAsync(Address.Port);

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await KillAsync();
        }

        _process?.Dispose();
        Directory.Delete(_dataFolder, recursive: true);
    }

    private async Task StartProcessAsync(int port)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var argument in new[]
        {
            Path.Combine(AppContext.BaseDirectory, "pipeline-engine.dll"), "--data", _dataFolder, "--library", LibraryPath,
            "--port", port.ToString(System.Globalization.CultureInfo.InvariantCulture),
        })
        {
            start.ArgumentList.Add(argument);
        }

        // The host leaves with this process, also when the test run is killed.
        start.Environment["PIPELINE_PARENT_STDIN"] = "1";
        _process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(StartTimeout);
        var line = await _process.StandardOutput.ReadLineAsync(deadline.Token)
            ?? throw new InvalidOperationException($"the engine host ended with exit code {_process.ExitCode} before it served");
        Address = new Uri(line[(line.LastIndexOf(' ') + 1)..]);
    }
}
