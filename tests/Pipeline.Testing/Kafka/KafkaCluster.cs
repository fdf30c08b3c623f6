using System.Diagnostics;
using System.Globalization;
using Pipeline.Buffer.Kafka;
using Pipeline.Testing.Faults;
using Pipeline.Testing.Time;
using Xunit;

namespace Pipeline.Testing.Kafka;

/// <summary>A Kafka cluster on loopback with a data folder of its own; its nodes can be killed and started again.</summary>
/// <remarks>
/// As a collection fixture it is one node for an assembly. With <c>KAFKA_BOOTSTRAP_SERVERS</c> set, the tests use those brokers instead and
/// killing is not offered. Where there is neither, nothing starts and the tests are skipped.
/// </remarks>
public sealed class KafkaCluster : IAsyncLifetime
{
    private const string ScriptName = "kafka-local.sh";

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
        : External is null && !File.Exists(PathOf(ScriptName)) ? "needs Kafka: set KAFKA_HOME to a folder with bin/kafka-local.sh, or KAFKA_BOOTSTRAP_SERVERS"
        : null;

    public static bool IsAvailable => MissingReason is null;

    /// <summary>Why no nodes of our own can be started here; null when they can.</summary>
    public static string? MissingNodesReason { get; } =
        MissingReason ?? (File.Exists(PathOf(ScriptName)) ? null : "kills nodes: set KAFKA_HOME to a folder with bin/kafka-local.sh");

    /// <summary>Where it is reached.</summary>
    public string BootstrapServers { get; private set; } = External ?? "";

    private static string PathOf(string script) => Path.Combine(Environment.GetEnvironmentVariable("KAFKA_HOME") ?? "/", "bin", script);

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
    /// <returns>The pid that lived and is gone.</returns>
    public async Task<int> KillAsync(int node)
    {
        var pid = NodePid(node);
        var process = $"/proc/{pid.ToString(CultureInfo.InvariantCulture)}";
        Assert.True(Directory.Exists(process), $"the fault did not fire: node {node} was not running");
        await RunAsync("kill", node);
        Assert.False(Directory.Exists(process), $"the fault did not fire: node {node} is still running");
        return pid;
    }

    /// <summary>Freezes a node: it keeps its connections, takes new ones and answers nobody.</summary>
    public Task FreezeAsync(int node) => ProcessSignals.StopAsync(NodePid(node));

    /// <summary>Lets a frozen node go on.</summary>
    public Task ThawAsync(int node) => ProcessSignals.ContinueAsync(NodePid(node));

    /// <summary>Starts a node again on its old folder and port, and waits until it is a full replica again.</summary>
    public async Task RestartAsync(int node)
    {
        await RunAsync("restart", node);
        await Until.TrueAsync("every replica to be in sync", ScriptTimeout, async () =>
            (await RunAsync("kafka-topics.sh", ["--bootstrap-server", BootstrapServers, "--describe", "--under-replicated-partitions"])).Trim().Length == 0);
    }

    public async Task DisposeAsync()
    {
        if (_folder is not null)
        {
            // Nothing is kept, so there is nothing to shut down in order.
            await RunAsync("kill");
            Directory.Delete(_folder, recursive: true);
        }
    }

    private int NodePid(int node) =>
        int.Parse(File.ReadAllText(Path.Combine(_folder!, node.ToString(CultureInfo.InvariantCulture), "pid")), CultureInfo.InvariantCulture);

    private async Task StartNodesAsync()
    {
        _folder = RepositoryFolders.CreateTemporary("kafka");
        var output = await RunAsync("start", FreePorts.Next(2 * _nodes), _nodes);
        BootstrapServers = output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].Trim();
    }

    private Task<string> RunAsync(string verb, params int[] arguments) =>
        RunAsync(ScriptName, [verb, _folder!, .. arguments.Select(argument => argument.ToString(CultureInfo.InvariantCulture))]);

    private static async Task<string> RunAsync(string script, string[] arguments)
    {
        var start = new ProcessStartInfo("bash", [PathOf(script), .. arguments]) { UseShellExecute = false, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(ScriptTimeout);
        var output = await process.StandardOutput.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{script} {string.Join(' ', arguments)} failed: {output}");
    }
}
