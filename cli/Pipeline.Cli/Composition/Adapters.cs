using Npgsql;
using Pipeline.Buffer;
using Pipeline.Buffer.Postgres;
using Pipeline.Consumers;
using Pipeline.Replay.Comparing;
using Pipeline.Replay.Planning;
using Pipeline.Replay.Reading;
using Pipeline.Replay.Running;
using Pipeline.Schemas;
using Pipeline.Storage;
using Pipeline.Storage.Archiving;
using Pipeline.Storage.ClickHouse.Comparing;
using Pipeline.Storage.ClickHouse.Inserting;
using Pipeline.Storage.ClickHouse.Migrations;
using Pipeline.Storage.ClickHouse.Querying;
using Pipeline.Storage.ClickHouse.Replaying;
using Pipeline.Storage.Failures;
using Pipeline.Storage.Keys;
using Pipeline.Storage.Objects;
using Pipeline.Storage.ObjectStores;
using Pipeline.Storage.Postgres;
using Pipeline.Storage.Postgres.Audit;
using Pipeline.Storage.Postgres.Failures;
using Pipeline.Storage.Postgres.Keys;
using Pipeline.Storage.Postgres.Migrations;
using Pipeline.Storage.Postgres.Replays;

namespace Pipeline.Cli.Composition;

/// <summary>The one place that names adapters: builds what the settings ask for and disposes it.</summary>
internal sealed class Adapters(PipelineSettings settings) : IAsyncDisposable
{
    private readonly List<object> _owned = [];
    private NpgsqlDataSource? _postgres;
    private IEventLog? _log;
    private IEventLog? _replayLog;
    private IObjectStore? _objects;

    /// <summary>The group that stores live records, as the consumers have it.</summary>
    internal string WriterGroup => WriterOptions.From(settings.Section("Writer")).Group;

    internal NpgsqlDataSource Postgres => _postgres ??= Own(CreatePostgres());

    internal SecretHasher Hasher => new(settings.KeyPepper);

    internal PostgresApiKeyStore Keys => new(Postgres, Hasher);

    internal IEventLog Log => _log ??= Own(CreateLog(settings.Topic));

    /// <summary>The log that replayed records take.</summary>
    internal IEventLog ReplayLog => _replayLog ??= Own(CreateLog(TopicNames.ReplayOf(settings.Topic)));

    /// <summary>The topics that must exist, with what creates and checks each.</summary>
    internal IReadOnlyList<(IEventLogAdmin Admin, TopicSpec Spec)> Topics =>
        [((IEventLogAdmin)Log, TopicSpec), ((IEventLogAdmin)ReplayLog, TopicSpec with { Name = TopicNames.ReplayOf(settings.Topic) })];

    /// <summary>Trim the logs in Postgres; Kafka trims its own.</summary>
    internal IReadOnlyList<IEventLogRetention> LogRetentions => settings.Tier == Tier.Embedded
        ? [RetentionOf(settings.Topic), RetentionOf(TopicNames.ReplayOf(settings.Topic))]
        : [];

    internal TopicSpec TopicSpec => new(settings.Topic, settings.Partitions)
    {
        ReplicationFactor = settings.ReplicationFactor,
        MinInSyncReplicas = Math.Max(1, settings.ReplicationFactor - 1),
    };

    internal ClickHouseOptions ClickHouse => new()
    {
        Address = new Uri(settings.ClickHouseUrl.GetLeftPart(UriPartial.Path)),
        Database = settings.ClickHouseDatabase,
        User = settings.ClickHouseUser,
        Password = settings.ClickHousePassword,
        InsertQuorum = settings.ClickHouseInsertQuorum,
    };

    internal IObjectStore Objects => _objects ??= Own(ObjectStoreFactory.Open(settings.ObjectStore, TimeProvider.System));

    /// <summary>Where records go that cannot be stored.</summary>
    internal FailureStore Failures => new(Objects);

    /// <summary>Writes the archive.</summary>
    internal ArchiveStore ArchiveStore => new(Objects);

    /// <summary>Where records of the log are kept longer than the log keeps them; null without an object store.</summary>
    internal ArchiveReader? Archive => settings.HasObjectStore ? new ArchiveReader(Objects) : null;

    internal FailedBatchIndex FailedBatches => new(Postgres);

    internal FailedBatchStatistics FailedBatchStatistics => new(Postgres);

    /// <summary>Makes the index of failed batches follow the failure store.</summary>
    internal FailedBatchSync FailedBatchSync => new(Postgres, Failures, FailedBatches, TimeProvider.System);

    internal PostgresReplayJobs ReplayJobs => new(Postgres);

    internal AuditLog Audit => new(Postgres);

    internal PieceReader PieceReader => new(Failures, FailedBatches, Log, Archive);

    internal PieceComparison PieceComparison => new(Own(new ClickHouseStateComparison(ClickHouse)));

    internal ReplayPlanner ReplayPlanner => new(PieceReader, PieceComparison, ReplayJobs, TimeProvider.System);

    internal ReplayRunner ReplayRunner => new(
        ReplayJobs,
        new GroupReplay(
            PieceReader,
            PieceComparison,
            new ReceiptReader(Queries),
            new ReplayLane(ReplayLog, TopicNames.ReplayOf(WriterGroup), TimeProvider.System),
            Failures,
            FailedBatches,
            TimeProvider.System),
        new LiveTraffic(Log, WriterGroup, StorePressure, TimeProvider.System),
        TimeProvider.System);

    internal ClickHouseStateStore Store => Own(new ClickHouseStateStore(ClickHouse));

    internal ClickHouseQueryClient Queries => Own(new ClickHouseQueryClient(ClickHouse));

    internal IStorePressure StorePressure => new ClickHousePressure(Queries, settings.ClickHouseDatabase);

    internal PostgresMigrations PostgresMigrations => new(Postgres, PostgresMigrations.BuiltIn());

    internal ClickHouseMigrations ClickHouseMigrations =>
        new(ClickHouse, new TableEngines(settings.IsClickHouseReplicated), ClickHouseMigrations.BuiltIn());

    public async ValueTask DisposeAsync()
    {
        foreach (var owned in Enumerable.Reverse(_owned))
        {
            switch (owned)
            {
                case IAsyncDisposable disposable: await disposable.DisposeAsync(); break;
                case IDisposable disposable: disposable.Dispose(); break;
                default: break;
            }
        }
    }

    private T Own<T>(T adapter)
        where T : notnull
    {
        _owned.Add(adapter);
        return adapter;
    }

    private NpgsqlDataSource CreatePostgres()
    {
        try
        {
            return NpgsqlDataSource.Create(PostgresAddress.ToConnectionString(settings.PostgresDsn));
        }
        catch (ArgumentException invalid)
        {
            throw new CliException($"POSTGRES_DSN cannot be read: {invalid.Message}", invalid) { ExitCode = ExitCode.Usage };
        }
    }

    private IEventLog CreateLog(string topic) => settings.Tier switch
    {
        Tier.Kafka => KafkaLogs.Create(settings, topic),
        _ => new PostgresEventLog(Postgres, new PostgresLogOptions { Topic = topic }, TimeProvider.System),
    };

    private PostgresLogRetention RetentionOf(string topic) => new(Postgres, new PostgresRetentionOptions { Topic = topic, Retention = settings.LogRetention });
}
