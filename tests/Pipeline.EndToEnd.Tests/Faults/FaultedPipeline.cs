using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Npgsql;
using Pipeline.Buffer;
using Pipeline.Buffer.Kafka;
using Pipeline.Buffer.Postgres;
using Pipeline.Consumers;
using Pipeline.Gateway;
using Pipeline.Schemas;
using Pipeline.Storage.ClickHouse.Inserting;
using Pipeline.Storage.ClickHouse.Migrations;
using Pipeline.Storage.Failures;
using Pipeline.Storage.Postgres.Keys;
using Pipeline.Storage.Postgres.Migrations;
using Pipeline.Testing.Engine;
using Pipeline.Testing.Faults;
using Pipeline.Testing.Gateway;
using Pipeline.Testing.ObjectStores;
using Pipeline.Testing.Time;

namespace Pipeline.EndToEnd.Tests.Faults;

/// <summary>A gateway and writers in this process over real stores, with a proxy on every hop.</summary>
internal sealed class FaultedPipeline : IAsyncDisposable
{
    private const int Partitions = 4;

    private readonly List<IAsyncDisposable> _owned = [];
    private readonly FaultSetup _setup;
    private readonly NpgsqlDataSource _postgres;
    private readonly string _topic = $"faults-{Guid.CreateVersion7():N}";
    private GatewayHost? _gateway;
    private ClickHouseStateStore? _store;

    private FaultedPipeline(FaultSetup setup, NpgsqlDataSource postgres, ClickHouseOptions clickHouse)
    {
        _setup = setup;
        _postgres = postgres;
        ClickHouse = clickHouse;
        Rows = new StoredRows(clickHouse);
    }

    /// <summary>Between clients and the gateway.</summary>
    internal FaultProxy Clients { get; private set; } = null!;

    /// <summary>Between gateway, writers and Postgres: keys, and the log of the embedded tier.</summary>
    internal FaultProxy Postgres { get; private set; } = null!;

    /// <summary>Between writers and ClickHouse.</summary>
    internal FaultProxy Store { get; private set; } = null!;

    /// <summary>The store without a proxy.</summary>
    internal ClickHouseOptions ClickHouse { get; }

    /// <summary>What is visible.</summary>
    internal StoredRows Rows { get; }

    /// <summary>Every insert of every writer.</summary>
    internal InsertCounts Inserts { get; } = new();

    /// <summary>What could not be stored.</summary>
    internal FailureStore Failures { get; } = new(new InMemoryObjectStore(TimeProvider.System));

    internal CreatedApiKey Key { get; private set; } = null!;

    internal IEventLog Log { get; private set; } = null!;

    /// <summary>Members of the embedded log's group, by partition.</summary>
    internal async Task<IReadOnlyList<string>> OwnersAsync()
    {
        await using var query = _postgres.CreateCommand("SELECT l.partition || ':' || coalesce(owner, '') || ':' || epoch FROM log_leases l WHERE topic = $1 ORDER BY partition");
        query.Parameters.AddWithValue(_topic);
        var owners = new List<string>();
        await using var reader = await query.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            owners.Add(reader.GetString(0));
        }

        return owners;
    }

    internal static async Task<FaultedPipeline> StartAsync(FaultStores stores, FaultSetup setup, bool withWriter = true)
    {
        var server = setup.Postgres ?? stores.Postgres;
        var postgres = await server.CreateDatabaseAsync();
        var pipeline = new FaultedPipeline(setup, postgres, new ClickHouseOptions { Address = stores.Engine.Engine.Address, Database = EngineFixture.NewDatabase() });
        try
        {
            await pipeline.StartAsync(server.Port, withWriter);
            return pipeline;
        }
        catch
        {
            await pipeline.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one more member of the group.</summary>
    internal Task<WriterHost> StartWriterAsync(string name) =>
        WriterHost.StartAsync(new WriterSetup
        {
            Options = new WriterOptions { MemberId = name, RetryMaxPause = TimeSpan.FromMilliseconds(500) },
            Log = Log,
            Store = new CountingStore(_store!, Inserts, name),
            Failures = Failures,
            LogFormat = null,
        });

    internal HttpClient CreateClient(CreatedApiKey? key = null)
    {
        key ??= Key;
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{key.PublicKey}:{key.SecretKey}"));
        var client = new HttpClient { BaseAddress = Clients.Address, Timeout = TimeSpan.FromSeconds(30) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", credentials);
        return client;
    }

    internal Traffic CreateTraffic() => new(Clients.Address, Key.PublicKey, Key.SecretKey);

    /// <summary>A key of another project.</summary>
    internal Task<CreatedApiKey> CreateKeyAsync(string project) =>
        new PostgresApiKeyStore(_postgres, TestKeys.Hasher).CreateAsync(project, project, "fault test", expiresAt: null, preset: null, CancellationToken.None);

    /// <summary>Runs <c>pipeline ledger --json</c> around the proxies.</summary>
    internal Task<(int ExitCode, string Output, string Error)> ReadLedgerAsync() => PipelineProcess.RunAsync(
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["TIER"] = _setup.Kafka is null ? "embedded" : "kafka",
            ["KAFKA_BOOTSTRAP_SERVERS"] = _setup.Kafka ?? "",
            ["POSTGRES_DSN"] = _postgres.ConnectionString,
            ["CLICKHOUSE_URL"] = ClickHouse.Address.ToString(),
            ["CLICKHOUSE_DATABASE"] = ClickHouse.Database,
            ["PIPELINE_TOPIC"] = _topic,
            ["PIPELINE_KEY_PEPPER"] = "pepper-that-the-ledger-does-not-use",
        },
        "ledger",
        "--json");

    /// <summary>Stops the gateway, which then reports its last totals, and waits until the writers have read everything.</summary>
    internal async Task DrainAsync(TimeSpan limit)
    {
        await _gateway!.StopAsync();
        await Until.TrueAsync("the log to be read", limit, async () =>
            (await Log.ReadPositionsAsync(TopicNames.WriterGroup, CancellationToken.None)).All(position => position.Lag == 0));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var owned in Enumerable.Reverse(_owned))
        {
            await owned.DisposeAsync();
        }

        _store?.Dispose();
        Rows.Dispose();
        await _postgres.DisposeAsync();
    }

    private async Task StartAsync(int postgresPort, bool withWriter)
    {
        Postgres = Own(FaultProxy.Start(postgresPort, _setup.Seed));
        Store = Own(FaultProxy.Start(ClickHouse.Address.Port, _setup.Seed + 1));
        await new PostgresMigrations(_postgres, PostgresMigrations.BuiltIn()).ApplyAsync(CancellationToken.None);
        await new ClickHouseMigrations(ClickHouse, new TableEngines(IsReplicated: false), ClickHouseMigrations.BuiltIn()).ApplyAsync(CancellationToken.None);
        Key = await CreateKeyAsync("faults");
        var source = Own(NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(_postgres.ConnectionString) { Port = Postgres.Port }));
        Log = Own(CreateLog(source));
        await ((IEventLogAdmin)Log).EnsureTopicAsync(new TopicSpec(_topic, Partitions) { ReplicationFactor = 1, MinInSyncReplicas = 1 }, CancellationToken.None);
        _store = new ClickHouseStateStore(ClickHouse with { Address = Store.Address, InsertTimeout = _setup.InsertTimeout });
        if (withWriter)
        {
            Own(await StartWriterAsync("writer-1"));
        }

        _gateway = Own(await GatewayHost.StartAsync(new GatewayOptions { Port = 0 }, Log, new PostgresApiKeyStore(source, TestKeys.Hasher), TestKeys.Hasher, _setup.Clock));
        Clients = Own(FaultProxy.Start(_gateway.Address.Port, _setup.Seed + 2));
        using var http = CreateClient();
        await Until.TrueAsync("the gateway to be ready", TimeSpan.FromSeconds(30), async () =>
        {
            using var answer = await http.GetAsync(new Uri("/api/public/ready", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        });
    }

    private IEventLog CreateLog(NpgsqlDataSource source) => _setup.Kafka is { } brokers
        ? new KafkaEventLog(new KafkaBufferOptions { BootstrapServers = brokers, Topic = _topic, SessionTimeout = _setup.SessionTimeout }, TimeProvider.System)
        : new PostgresEventLog(source, new PostgresLogOptions { Topic = _topic, LeaseDuration = _setup.SessionTimeout }, TimeProvider.System);

    private T Own<T>(T owned)
        where T : IAsyncDisposable
    {
        _owned.Add(owned);
        return owned;
    }
}
