using System.Globalization;
using Pipeline.Cli.Composition;
using Pipeline.Storage.Postgres.Embedded;

namespace Pipeline.Cli.Local;

/// <summary>Everything on one machine in one process tree: Postgres, the engine, a gateway and consumers, each restarted when it dies.</summary>
internal sealed class LocalPipeline(LocalOptions options, TimeProvider clock, Action<string> announce) : IAsyncDisposable
{
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(60);

    private readonly LocalFolders _folders = new(Path.GetFullPath(options.DataFolder));
    private readonly List<IAsyncDisposable> _started = [];
    private FileStream? _lock;

    internal LocalFolders Folders => _folders;

    /// <summary>Starts everything and returns when the gateway takes events.</summary>
    internal async Task<LocalEnvironment> StartAsync(CancellationToken cancellationToken)
    {
        _folders.Create();
        _lock = Lock();
        var tier = new UsedTier(_folders);
        tier.Check(options.Tier);
        var secrets = LocalSecrets.LoadOrCreate(_folders.Secrets);
        var environment = LocalEnvironment.Choose(options, secrets);
        if (!FreePort.IsFree(options.Port))
        {
            throw new CliException($"port {options.Port} is in use; choose another with PORT=… (or --port)") { ExitCode = ExitCode.Usage };
        }

        var stores = new[] { StartPostgresAsync(environment, cancellationToken), StartEngineAsync(environment, cancellationToken) };
        if (options.Tier == Tier.Kafka)
        {
            environment = await StartKafkaAsync(environment, cancellationToken);
        }

        await Task.WhenAll(stores);
        environment = await PrepareAsync(environment, secrets, cancellationToken);
        tier.Record(options.Tier);
        StartChild("gateway", "pipeline.dll", ["gateway", .. Sets()], environment);
        for (var i = 1; i <= options.Consumers; i++)
        {
            var name = i == 1 ? "consumer" : string.Create(CultureInfo.InvariantCulture, $"consumer-{i}");
            StartChild(name, "pipeline.dll", ["consume", .. Sets()], environment with { MemberId = name });
        }

        if (options.HasArchive)
        {
            StartChild("archive", "pipeline.dll", ["archive", .. Sets()], environment with { MemberId = "archive" });
        }

        await WaitAsync(new Uri($"http://127.0.0.1:{options.Port}/api/public/ready"), "the gateway", cancellationToken);
        environment.Save(_folders.EnvironmentFile);
        return environment;
    }

    public async ValueTask DisposeAsync()
    {
        // Last started, first stopped: the gateway stops taking events before the consumers and the stores leave.
        foreach (var started in Enumerable.Reverse(_started))
        {
            await started.DisposeAsync();
        }

        if (_lock is not null)
        {
            await _lock.DisposeAsync();
        }
    }

    private FileStream Lock()
    {
        try
        {
            return new FileStream(_folders.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException failure)
        {
            throw new CliException($"another pipeline serves {_folders.Root}; stop it, or choose another folder with DATA=… (or --data)", failure) { ExitCode = ExitCode.Usage };
        }
    }

    private IEnumerable<string> Sets() => options.Assignments.SelectMany(assignment => new[] { "--set", assignment });

    private async Task StartPostgresAsync(LocalEnvironment environment, CancellationToken cancellationToken)
    {
        var postgres = new LocalPostgres(
            new PostgresProcessOptions
            {
                BinFolder = InstalledPrograms.PostgresBinFolder,
                DataFolder = _folders.Postgres,
                Port = environment.PostgresPort,
                LogFile = Path.Combine(_folders.Logs, "postgres.log"),
            },
            _folders,
            clock,
            announce);
        Add(postgres);
        await postgres.StartAsync(cancellationToken);
    }

    private async Task StartEngineAsync(LocalEnvironment environment, CancellationToken cancellationToken)
    {
        StartChild(
            "engine",
            "pipeline-engine.dll",
            ["--data", _folders.Engine, "--port", environment.EnginePort.ToString(CultureInfo.InvariantCulture), "--library", InstalledPrograms.EngineLibrary],
            environment);
        await WaitAsync(new Uri($"http://127.0.0.1:{environment.EnginePort}/ping"), "the engine", cancellationToken);
    }

    private async Task<LocalEnvironment> StartKafkaAsync(LocalEnvironment environment, CancellationToken cancellationToken)
    {
        if (environment.KafkaBootstrapServers.Length > 0)
        {
            return environment;
        }

        var kafka = new LocalKafka(_folders);
        Add(kafka);
        return environment with { KafkaBootstrapServers = await kafka.StartAsync(options.Port + 10, cancellationToken) };
    }

    private static async Task<LocalEnvironment> PrepareAsync(LocalEnvironment environment, LocalSecrets secrets, LocalFolders folders, CancellationToken cancellationToken)
    {
        await using var adapters = new Adapters(PipelineSettings.Load([.. environment.Variables().Select(variable => $"{variable.Key}={variable.Value}")]));
        await adapters.PostgresMigrations.ApplyAsync(cancellationToken);
        await adapters.ClickHouseMigrations.ApplyAsync(cancellationToken);
        foreach (var (admin, spec) in adapters.Topics)
        {
            await admin.EnsureTopicAsync(spec, cancellationToken);
        }

        if (secrets.PublicKey is null)
        {
            var key = await adapters.Keys.CreateAsync("local", "local", "created by the first start", expiresAt: null, preset: null, cancellationToken);
            secrets = secrets with { PublicKey = key.PublicKey, SecretKey = key.SecretKey };
            secrets.Save(folders.Secrets);
        }

        return environment with { PublicKey = secrets.PublicKey!, SecretKey = secrets.SecretKey! };
    }

    private Task<LocalEnvironment> PrepareAsync(LocalEnvironment environment, LocalSecrets secrets, CancellationToken cancellationToken) =>
        PrepareAsync(environment, secrets, _folders, cancellationToken);

    private void StartChild(string name, string assembly, IReadOnlyList<string> arguments, LocalEnvironment environment)
    {
        var child = new ChildProcess(name, Path.Combine(AppContext.BaseDirectory, assembly), arguments, environment.Variables(), _folders, clock, announce);
        Add(child);
        child.Start();
    }

    private void Add(IAsyncDisposable started)
    {
        lock (_started)
        {
            _started.Add(started);
        }
    }

    private async Task WaitAsync(Uri address, string what, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        var startedAt = clock.GetTimestamp();
        while (clock.GetElapsedTime(startedAt) < ReadyTimeout)
        {
            try
            {
                using var answer = await http.GetAsync(address, cancellationToken);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (Exception failure) when (failure is HttpRequestException || (failure is TaskCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // Not there yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), clock, cancellationToken);
        }

        throw new CliException($"{what} did not become ready within {ReadyTimeout.TotalSeconds:0} s; see {_folders.Logs}");
    }
}
