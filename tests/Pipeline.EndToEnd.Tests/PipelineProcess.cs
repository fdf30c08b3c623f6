using System.Diagnostics;
using System.Globalization;
using System.Text;
using Pipeline.Testing;
using Pipeline.Testing.Time;

namespace Pipeline.EndToEnd.Tests;

/// <summary>A whole local pipeline as a person starts it: `pipeline local` in a process of its own, with a data folder of its own.</summary>
internal sealed class PipelineProcess : IAsyncDisposable
{
    // The engine, Postgres and a broker listen next to the gateway, up to its port plus eleven.
    private const int NeighbouringPorts = 12;

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly string _dataFolder;
    private readonly StringBuilder _messages = new();

    private PipelineProcess(Process process, string dataFolder)
    {
        _process = process;
        _dataFolder = dataFolder;
    }

    internal IReadOnlyDictionary<string, string> Environment { get; private set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Where it keeps everything: logs, pids, objects.</summary>
    internal string DataFolder => _dataFolder;

    internal Uri BaseAddress => new(Environment["LANGFUSE_BASE_URL"]);

    internal static async Task<PipelineProcess> StartAsync(string tier = "embedded", int consumers = 1, IReadOnlyDictionary<string, string>? environment = null)
    {
        var dataFolder = RepositoryFolders.CreateTemporary("local");

        // Postgres runs as another user when this is root, and must be able to reach its folder.
        File.SetUnixFileMode(dataFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute | UnixFileMode.OtherRead);
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[]
        {
            Path.Combine(AppContext.BaseDirectory, "pipeline.dll"), "local", "--port", FreePorts.Next(NeighbouringPorts).ToString(CultureInfo.InvariantCulture),
            "--data", dataFolder, "--tier", tier, "--consumers", consumers.ToString(CultureInfo.InvariantCulture),
        })
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            start.Environment[name] = value;
        }

        var pipeline = new PipelineProcess(Process.Start(start)!, dataFolder);
        await pipeline.WaitUntilReadyAsync();
        return pipeline;
    }

    /// <summary>Ends one process of the tree by SIGKILL and returns its pid.</summary>
    internal async Task<int> KillAsync(string name)
    {
        var pid = await PidAsync(name);
        using var victim = Process.GetProcessById(pid);
        victim.Kill();
        await victim.WaitForExitAsync();
        return pid;
    }

    /// <summary>Waits until the supervisor started a killed process again.</summary>
    internal async Task WaitUntilRestartedAsync(string name, int killedPid) => await Until.ValueAsync<bool>(
        $"{name} to be started again", TimeSpan.FromSeconds(20), async () => await PidAsync(name) != killedPid ? true : null);

    /// <summary>The pid of one process of the tree.</summary>
    internal async Task<int> PidAsync(string name)
    {
        var file = Path.Combine(_dataFolder, "pids", name + ".pid");
        return await Until.ValueAsync(
            $"{file} to name a living process",
            TimeSpan.FromSeconds(20),
            () => Task.FromResult(File.Exists(file) && int.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out var pid) && Directory.Exists($"/proc/{pid}") ? pid : (int?)null));
    }

    /// <summary>Runs another command of the same executable with this pipeline's addresses.</summary>
    internal Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) => RunAsync(Environment, arguments);

    /// <summary>Runs a command of the executable with such addresses.</summary>
    internal static async Task<(int ExitCode, string Output, string Error)> RunAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "pipeline.dll"));
        Array.ForEach(arguments, start.ArgumentList.Add);
        return await RunAsync(environment, start);
    }

    /// <summary>Runs one of the client scripts that send with real SDKs.</summary>
    internal async Task<string> SendWithAsync(string script)
    {
        var start = new ProcessStartInfo("node") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(RepositoryFolders.Root, "artifacts", "npm", "clients", script));
        var (exitCode, output, error) = await RunAsync(Environment, start);
        Assert.True(exitCode == 0, $"{script} exited with {exitCode}: {error}");
        return output.Trim().Split('\n')[^1];
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using var terminate = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            await _process.WaitForExitAsync(deadline.Token);
        }

        _process.Dispose();
        Directory.Delete(_dataFolder, recursive: true);
    }

    private static async Task<(int, string, string)> RunAsync(IReadOnlyDictionary<string, string> environment, ProcessStartInfo start)
    {
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(deadline.Token);
        return (process.ExitCode, await output, await error);
    }

    private async Task WaitUntilReadyAsync()
    {
        var isReady = new TaskCompletionSource();
        _process.OutputDataReceived += (_, line) =>
        {
            Remember(line.Data);
            if (line.Data?.StartsWith("ready in", StringComparison.Ordinal) == true)
            {
                isReady.TrySetResult();
            }
        };
        _process.ErrorDataReceived += (_, line) => Remember(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        var first = await Task.WhenAny(isReady.Task, _process.WaitForExitAsync(), Task.Delay(StartTimeout));
        Assert.True(first == isReady.Task, $"the pipeline did not become ready:\n{_messages}");
        Environment = File.ReadLines(Path.Combine(_dataFolder, "env"))
            .Select(line => line.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1].Trim('\''), StringComparer.Ordinal);
    }

    private void Remember(string? line)
    {
        lock (_messages)
        {
            _messages.AppendLine(line);
        }
    }
}
