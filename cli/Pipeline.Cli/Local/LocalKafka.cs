using System.Diagnostics;
using System.Globalization;

namespace Pipeline.Cli.Local;

/// <summary>A Kafka broker on loopback, from the Kafka that <c>KAFKA_HOME</c> names.</summary>
internal sealed class LocalKafka(LocalFolders folders) : IAsyncDisposable
{
    private readonly string _script = Path.Combine(
        Environment.GetEnvironmentVariable("KAFKA_HOME") is { Length: > 0 } home
            ? home
            : throw new CliException("TIER=kafka needs KAFKA_BOOTSTRAP_SERVERS (running brokers) or KAFKA_HOME (a Kafka to start one from)") { ExitCode = ExitCode.Usage },
        "bin",
        "kafka-local.sh");

    /// <summary>Starts the broker, on the data of an earlier start if there is any.</summary>
    /// <returns>Its bootstrap servers.</returns>
    internal async Task<string> StartAsync(int port, CancellationToken cancellationToken)
    {
        if (!File.Exists(_script))
        {
            throw new CliException($"{_script} does not exist; start brokers yourself and set KAFKA_BOOTSTRAP_SERVERS") { ExitCode = ExitCode.Usage };
        }

        var lines = (await RunAsync(["start", folders.Kafka, port.ToString(CultureInfo.InvariantCulture)], cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Length > 0 ? lines[^1].Trim() : throw new CliException($"{_script} printed no bootstrap servers");
    }

    public async ValueTask DisposeAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await RunAsync(["stop", folders.Kafka], deadline.Token);
    }

    private async Task<string> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(_script) { UseShellExecute = false, RedirectStandardOutput = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0 ? output : throw new CliException($"{_script} {string.Join(' ', arguments)} failed with exit code {process.ExitCode}");
    }
}
