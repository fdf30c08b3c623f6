using System.Diagnostics;
using System.Globalization;

namespace Pipeline.Benchmarks;

/// <summary>A whole local pipeline over given brokers, as `pipeline local` starts it.</summary>
internal sealed class BenchPipeline : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly string _folder;

    private BenchPipeline(Process process, string folder)
    {
        _process = process;
        _folder = folder;
    }

    /// <summary>Addresses and keys.</summary>
    internal IReadOnlyDictionary<string, string> Environment { get; private set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The processes whose CPU is the pipeline's, brokers and Postgres apart.</summary>
    internal static IReadOnlyList<string> Processes { get; } = ["gateway", "consumer", "engine"];

    internal static async Task<BenchPipeline> StartAsync(string servers, IReadOnlyDictionary<string, string>? settings = null)
    {
        var folder = Directory.CreateTempSubdirectory("pipeline-bench-").FullName;

        // Postgres runs as another user when this is root, and must be able to reach its folder.
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute | UnixFileMode.OtherRead);
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true };
        foreach (var argument in new[] { Executable, "local", "--tier", "kafka", "--data", folder, "--port", Ports.Free().ToString(CultureInfo.InvariantCulture) })
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["KAFKA_BOOTSTRAP_SERVERS"] = servers;
        foreach (var (name, value) in settings ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            start.Environment[name] = value;
        }

        var pipeline = new BenchPipeline(Process.Start(start)!, folder);
        while (await pipeline._process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("ready in", StringComparison.Ordinal))
            {
                pipeline.Environment = File.ReadLines(Path.Combine(folder, "env"))
                    .Select(variable => variable.Split('=', 2))
                    .ToDictionary(pair => pair[0], pair => pair[1].Trim('\''), StringComparer.Ordinal);
                return pipeline;
            }
        }

        throw new InvalidOperationException("the pipeline did not become ready");
    }

    /// <summary>The pid of one of the processes.</summary>
    internal int PidOf(string name) => int.Parse(File.ReadAllText(Path.Combine(_folder, "pids", name + ".pid")), CultureInfo.InvariantCulture);

    /// <summary>User and system seconds of one of the processes so far.</summary>
    internal double CpuSecondsOf(string name) => ChildRole.CpuSecondsOf(PidOf(name));

    /// <summary>Asks the ledger.</summary>
    /// <returns>The exit code of `pipeline ledger`, and what it printed.</returns>
    internal Task<(int ExitCode, string Output)> ReadLedgerAsync() => RunAsync("ledger", "--json");

    /// <summary>Runs a command of the executable to its end.</summary>
    /// <returns>Its exit code, and what it printed.</returns>
    internal async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        using var command = Start(arguments);
        var output = await command.StandardOutput.ReadToEndAsync();
        await command.WaitForExitAsync();
        return (command.ExitCode, output);
    }

    /// <summary>Starts a command of the executable.</summary>
    internal Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Executable, .. arguments]) { UseShellExecute = false, RedirectStandardOutput = true };
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    public async ValueTask DisposeAsync()
    {
        using (var terminate = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await terminate.WaitForExitAsync();
        }

        using var deadline = new CancellationTokenSource(StopTimeout);
        await _process.WaitForExitAsync(deadline.Token);
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Executable => Path.Combine(AppContext.BaseDirectory, "pipeline.dll");
}
