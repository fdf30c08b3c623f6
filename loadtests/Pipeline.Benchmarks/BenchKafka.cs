using System.Diagnostics;

namespace Pipeline.Benchmarks;

/// <summary>The brokers of the benchmarks: given ones, or one started from <c>KAFKA_HOME</c>.</summary>
internal sealed class BenchKafka : IAsyncDisposable
{
    private const string Port = "29192";
    private readonly string? _home;
    private readonly string? _given;
    private readonly string _folder = Directory.CreateTempSubdirectory("pipeline-bench-kafka-").FullName;

    private BenchKafka(string? home, string? given)
    {
        _home = home;
        _given = given;
    }

    internal static BenchKafka? Start()
    {
        var home = Environment.GetEnvironmentVariable("KAFKA_HOME");
        var given = Environment.GetEnvironmentVariable("KAFKA_BOOTSTRAP_SERVERS");
        return string.IsNullOrEmpty(home) && string.IsNullOrEmpty(given) ? null : new BenchKafka(home, string.IsNullOrEmpty(given) ? null : given);
    }

    internal async Task<string> BootstrapServersAsync() => _given ?? (await RunAsync("start", _folder, Port)).Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].Trim();

    public async ValueTask DisposeAsync()
    {
        if (_given is null)
        {
            await RunAsync("stop", _folder);
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(_home!, "bin", "kafka-local.sh")) { UseShellExecute = false, RedirectStandardOutput = true };
        Array.ForEach(arguments, start.ArgumentList.Add);
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"kafka-local.sh exited with {process.ExitCode}");
    }
}
