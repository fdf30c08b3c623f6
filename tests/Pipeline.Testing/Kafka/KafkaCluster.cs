using System.Diagnostics;
using System.Globalization;
using Pipeline.Buffer.Kafka;
using Xunit;

namespace Pipeline.Testing.Kafka;

/// <summary>A Kafka cluster on loopback with a data folder of its own; its nodes can be killed and started again.</summary>
/// <remarks>
/// As a collection fixture it is one node for an assembly. With <c>KAFKA_BOOTSTRAP_SERVERS</c> set, the tests use those brokers instead and
/// killing is not offered. Where there is neither, nothing starts and the tests are skipped.
/// </remarks>
public sealed class KafkaCluster : IAsyncLifetime
{
    private static readonly string? External = Environment.GetEnvironmentVariable("KAFKA_BOOTSTRAP_SERVERS");
    private static readonly TimeSpan ScriptTimeout = TimeSpan.FromSeconds(90);

    private readonly int _nodes;
    private string? _folder;

    /// <summary>A cluster of one node.</summary>
    public KafkaCluster()
        : this(1)
    {
    }

    private KafkaCluster(int nodes) => _nodes = nodes;

    /// <summary>Why there is no cluster here; null when there is.</summary>
    public static string? MissingReason { get; } =
        !KafkaEventLog.IsAvailable ? "needs librdkafka: run `make install-kafka-client`"
        : External is null && !File.Exists(Script) ? "needs Kafka: set KAFKA_HOME to a folder with bin/kafka-local.sh, or KAFKA_BOOTSTRAP_SERVERS"
        : null;

    public static bool IsAvailable => MissingReason is null;

    /// <summary>Why no nodes of our own can be started here; null when they can.</summary>
    public static string? MissingNodesReason { get; } =
        MissingReason ?? (File.Exists(Script) ? null : "kills nodes: set KAFKA_HOME to a folder with bin/kafka-local.sh");

    /// <summary>Where it is reached.</summary>
    public string BootstrapServers { get; private set; } = External ?? "";

    private static string Script => Path.Combine(Environment.GetEnvironmentVariable("KAFKA_HOME") ?? "/", "bin", "kafka-local.sh");

    /// <summary>Starts so many nodes of our own, whatever the environment names.</summary>
    public static async Task<KafkaCluster> StartAsync(int nodes)
    {
        var cluster = new KafkaCluster(nodes);
        await cluster.StartNodesAsync();
        return cluster;
    }

    public async Task InitializeAsync()
    {
        if (MissingReason is null && External is null)
        {
            await StartNodesAsync();
        }
    }

    /// <summary>Ends a node with SIGKILL; nodes count from 1.</summary>
    public Task KillAsync(int node) => RunAsync("kill", node);

    /// <summary>Starts a node again on its old folder and port.</summary>
    public Task RestartAsync(int node) => RunAsync("restart", node);

    public async Task DisposeAsync()
    {
        if (_folder is not null)
        {
            // Nothing is kept, so there is nothing to shut down in order.
            await RunAsync("kill");
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task StartNodesAsync()
    {
        _folder = RepositoryFolders.CreateTemporary("kafka");
        var output = await RunAsync("start", FreePorts.Next(2 * _nodes), _nodes);
        BootstrapServers = output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].Trim();
    }

    private async Task<string> RunAsync(string verb, params int[] arguments)
    {
        var start = new ProcessStartInfo("bash") { UseShellExecute = false, RedirectStandardOutput = true };
        start.ArgumentList.Add(Script);
        start.ArgumentList.Add(verb);
        start.ArgumentList.Add(_folder!);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument.ToString(CultureInfo.InvariantCulture));
        }

        using var script = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(ScriptTimeout);
        var output = await script.StandardOutput.ReadToEndAsync(deadline.Token);
        await script.WaitForExitAsync(deadline.Token);
        return script.ExitCode == 0 ? output : throw new InvalidOperationException($"kafka-local.sh {verb} failed in {_folder}: {output}");
    }
}
