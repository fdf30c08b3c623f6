using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Pipeline.Buffer.Kafka;

namespace Pipeline.Testing.Kafka;

/// <summary>Brokers on loopback for tests, with nodes that can be killed and started again.</summary>
public sealed class KafkaCluster : IAsyncDisposable
{
    private static readonly string? Home = Environment.GetEnvironmentVariable("KAFKA_HOME");
    private static readonly string? External = Environment.GetEnvironmentVariable("KAFKA_BOOTSTRAP_SERVERS");

    private readonly string _folder = RepositoryFolders.CreateTemporary("kafka");

    public static bool IsAvailable => (Home is { Length: > 0 } || External is { Length: > 0 }) && KafkaEventLog.IsAvailable;

    public static bool IsExternal => External is { Length: > 0 };

    public string BootstrapServers { get; private set; } = External ?? "";

    public static async Task<KafkaCluster> StartAsync(int nodes = 1)
    {
        var cluster = new KafkaCluster();
        if (!IsExternal)
        {
            var output = await RunAsync("start", cluster._folder, FreePort().ToString(CultureInfo.InvariantCulture), nodes.ToString(CultureInfo.InvariantCulture));
            cluster.BootstrapServers = output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].Trim();
        }

        return cluster;
    }

    /// <summary>Ends one node with SIGKILL; nodes count from 1.</summary>
    public Task KillAsync(int node) => RunAsync("kill", _folder, node.ToString(CultureInfo.InvariantCulture));

    public Task RestartAsync(int node) => RunAsync("restart", _folder, node.ToString(CultureInfo.InvariantCulture));

    public async ValueTask DisposeAsync()
    {
        if (!IsExternal)
        {
            await RunAsync("stop", _folder);
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<string> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Home!, "bin", "kafka-local.sh")) { UseShellExecute = false, RedirectStandardOutput = true };
        Array.ForEach(arguments, start.ArgumentList.Add);
        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        var output = await process.StandardOutput.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"kafka-local.sh {string.Join(' ', arguments)} exited with {process.ExitCode}");
    }

    // Three nodes take consecutive ports for clients and others for their controllers.
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
