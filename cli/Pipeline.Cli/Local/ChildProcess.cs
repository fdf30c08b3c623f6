using System.Diagnostics;

namespace Pipeline.Cli.Local;

/// <summary>One child of a local pipeline: a .NET program of ours, restarted when it dies, stopped with its parent.</summary>
/// <remarks>
/// The child watches its standard input, which this process holds open: when this process dies, even by SIGKILL, the pipe closes and the
/// child leaves too. A child that dies is started again after a pause that grows from 0.2 s to 5 s and starts over after a minute of health.
/// </remarks>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HealthyAfter = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(25);

    private readonly string _name;
    private readonly string _assembly;
    private readonly IReadOnlyList<string> _arguments;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly LocalFolders _folders;
    private readonly TimeProvider _clock;
    private readonly Action<string> _announce;
    private readonly CancellationTokenSource _stopping = new();
    private Task _supervision = Task.CompletedTask;

    internal ChildProcess(
        string name,
        string assembly,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        LocalFolders folders,
        TimeProvider clock,
        Action<string> announce)
    {
        _name = name;
        _assembly = assembly;
        _arguments = arguments;
        _environment = environment;
        _folders = folders;
        _clock = clock;
        _announce = announce;
    }

    internal string LogFile => Path.Combine(_folders.Logs, _name + ".log");

    private PidFile Pid => new(Path.Combine(_folders.Pids, _name + ".pid"), _announce);

    internal void Start() => _supervision = SuperviseAsync(_stopping.Token);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _supervision;
        _stopping.Dispose();
    }

    private async Task SuperviseAsync(CancellationToken stopping)
    {
        var pause = FirstPause;
        while (!stopping.IsCancellationRequested)
        {
            var startedAt = _clock.GetTimestamp();
            var ending = await TryRunAsync(stopping);
            if (stopping.IsCancellationRequested)
            {
                return;
            }

            pause = _clock.GetElapsedTime(startedAt) > HealthyAfter ? FirstPause : pause;
            _announce($"{_name} {ending}; starting it again in {pause.TotalSeconds:0.0} s (log: {LogFile})");
            try
            {
                await Task.Delay(pause, _clock, stopping);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
        }
    }

    // Whatever goes wrong here must not end the supervision: the child would never be started again, and nobody would know.
    private async Task<string> TryRunAsync(CancellationToken stopping)
    {
        try
        {
            return $"ended with exit code {await RunOnceAsync(stopping)}";
        }
        catch (Exception failure)
        {
            return $"cannot be run ({failure.Message})";
        }
    }

    private async Task<int> RunOnceAsync(CancellationToken stopping)
    {
        // A session of its own: Ctrl-C in the terminal reaches this process alone, which then stops its children in their order.
        var start = new ProcessStartInfo("setsid")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("dotnet");
        start.ArgumentList.Add(_assembly);
        foreach (var argument in _arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in _environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["PIPELINE_PARENT_STDIN"] = "1";
        using var process = Process.Start(start) ?? throw new CliException($"cannot start {_name}");
        Pid.Write(process.Id);
        using var log = new ChildLog(LogFile, _announce);
        var copying = Task.WhenAll(CopyAsync(process.StandardOutput, log), CopyAsync(process.StandardError, log));
        try
        {
            await WaitOrStopAsync(process, stopping);
            await copying;
            return process.ExitCode;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }

            Pid.Delete();
        }
    }

    private async Task WaitOrStopAsync(Process process, CancellationToken stopping)
    {
        try
        {
            await process.WaitForExitAsync(stopping);
            return;
        }
        catch (OperationCanceledException)
        {
            // The pipeline stops, and the child with it.
        }

        process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(StopTimeout, _clock);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            _announce($"{_name} did not stop within {StopTimeout.TotalSeconds:0} s; killing it");
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static async Task CopyAsync(StreamReader from, ChildLog to)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            to.Write(line);
        }
    }
}
