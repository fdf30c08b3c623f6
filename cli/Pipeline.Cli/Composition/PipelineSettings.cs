using System.Globalization;
using Microsoft.Extensions.Configuration;
using Pipeline.Schemas;
using Pipeline.Storage.Objects;

namespace Pipeline.Cli.Composition;

/// <summary>Where everything is, read from the environment (or the variables in <c>artifacts/local/env</c>) and the command line.</summary>
/// <remarks>
/// The five addresses have plain, well-known names; every other setting is a section of the configuration, for example
/// <c>Gateway__MaxInFlightBytes</c> in the environment or <c>--set Gateway:MaxInFlightBytes=1000000</c> on the command line.
/// </remarks>
internal sealed class PipelineSettings
{
    private readonly IConfiguration _configuration;

    private PipelineSettings(IConfiguration configuration) => _configuration = configuration;

    /// <summary>Which buffer.</summary>
    /// <value>Kafka when <c>KAFKA_BOOTSTRAP_SERVERS</c> is set, otherwise embedded; <c>TIER</c> decides when set.</value>
    internal Tier Tier => _configuration["TIER"] switch
    {
        null or "" => KafkaBootstrapServers is null ? Tier.Embedded : Tier.Kafka,
        "embedded" => Tier.Embedded,
        "kafka" => Tier.Kafka,
        var other => throw new CliException($"TIER is '{other}'; it must be 'embedded' or 'kafka'") { ExitCode = ExitCode.Usage },
    };

    /// <summary>Kafka brokers, comma separated.</summary>
    internal string? KafkaBootstrapServers => NullIfEmpty("KAFKA_BOOTSTRAP_SERVERS");

    /// <summary>Postgres, as a URI or as an Npgsql connection string.</summary>
    internal string PostgresDsn => Required("POSTGRES_DSN", "the Postgres of the control plane, for example postgresql://pipeline@127.0.0.1:5432/pipeline");

    /// <summary>ClickHouse over HTTP.</summary>
    internal Uri ClickHouseUrl => Uri.TryCreate(Required("CLICKHOUSE_URL", "ClickHouse over HTTP, for example http://127.0.0.1:8123"), UriKind.Absolute, out var uri)
        ? uri
        : throw new CliException($"CLICKHOUSE_URL is '{_configuration["CLICKHOUSE_URL"]}'; it must be an absolute http or https address") { ExitCode = ExitCode.Usage };

    /// <summary>ClickHouse database.</summary>
    internal string ClickHouseDatabase => NullIfEmpty("CLICKHOUSE_DATABASE") ?? "pipeline";

    /// <summary>ClickHouse user; empty for none.</summary>
    internal string ClickHouseUser => NullIfEmpty("CLICKHOUSE_USER") ?? "";

    /// <summary>Password of the ClickHouse user.</summary>
    internal string ClickHousePassword => NullIfEmpty("CLICKHOUSE_PASSWORD") ?? "";

    /// <summary>Whether tables use the Replicated engines.</summary>
    internal bool IsClickHouseReplicated => NullIfEmpty("CLICKHOUSE_REPLICATED") is "1" or "true";

    /// <summary>Replicas that confirm an insert.</summary>
    /// <value><c>auto</c>, the majority, with replicated tables; otherwise none but the server itself.</value>
    internal string ClickHouseInsertQuorum => NullIfEmpty("CLICKHOUSE_INSERT_QUORUM") ?? (IsClickHouseReplicated ? "auto" : "");

    /// <summary>Key under which secrets are hashed; the same for every gateway and for <c>pipeline keys</c>.</summary>
    internal string KeyPepper => Required("PIPELINE_KEY_PEPPER", "a random text of at least 32 characters, the same for every gateway");

    /// <summary>Topic of the log.</summary>
    internal string Topic => NullIfEmpty("PIPELINE_TOPIC") ?? TopicNames.Ingest;

    /// <summary>Partitions of a topic that is created.</summary>
    internal int Partitions => int.TryParse(NullIfEmpty("PIPELINE_PARTITIONS") ?? "4", out var partitions) && partitions is >= 1 and <= 10_000
        ? partitions
        : throw new CliException($"PIPELINE_PARTITIONS is '{_configuration["PIPELINE_PARTITIONS"]}'; it must be a number from 1 to 10000") { ExitCode = ExitCode.Usage };

    /// <summary>Replication factor of a topic that is created.</summary>
    internal short ReplicationFactor => short.TryParse(NullIfEmpty("PIPELINE_REPLICATION_FACTOR") ?? "3", out var factor) && factor >= 1
        ? factor
        : throw new CliException("PIPELINE_REPLICATION_FACTOR must be a number from 1") { ExitCode = ExitCode.Usage };

    /// <summary>How long the log in Postgres keeps what every group has committed.</summary>
    /// <value>1 day: long enough to ask the log where an event is, short enough for a laptop's disk.</value>
    internal TimeSpan LogRetention => TimeSpan.TryParse(NullIfEmpty("PIPELINE_LOG_RETENTION") ?? "1.00:00:00", CultureInfo.InvariantCulture, out var retention) && retention >= TimeSpan.FromMinutes(1)
        ? retention
        : throw new CliException($"PIPELINE_LOG_RETENTION is '{_configuration["PIPELINE_LOG_RETENTION"]}'; it must be a time from 00:01:00, for example 1.00:00:00 for a day") { ExitCode = ExitCode.Usage };

    /// <summary>Whether there is an object store; what needs one says so by itself.</summary>
    internal bool HasObjectStore => NullIfEmpty("OBJECT_STORE") is not null;

    /// <summary>Where failed batches and the archive are kept, and section <c>S3</c> for how that place is reached.</summary>
    internal ObjectStoreOptions ObjectStore
    {
        get
        {
            var options = new ObjectStoreOptions { Location = Required("OBJECT_STORE", "s3://bucket/prefix or a folder, where batches go that cannot be stored") };
            try
            {
                Section("S3").Bind(options.S3, static binder => binder.ErrorOnUnknownConfiguration = true);
            }
            catch (InvalidOperationException invalid)
            {
                throw new CliException($"section S3: {invalid.Message}", invalid) { ExitCode = ExitCode.Usage };
            }

            var problems = options.Problems();
            return problems.Count == 0 ? options : throw new CliException($"OBJECT_STORE: {string.Join("; ", problems)}") { ExitCode = ExitCode.Usage };
        }
    }

    /// <summary>Who acts, for the audit log.</summary>
    /// <value><c>PIPELINE_ACTOR</c>, for a shared account or a job; otherwise the user of the operating system.</value>
    internal string Actor => NullIfEmpty("PIPELINE_ACTOR") ?? Environment.UserName;

    /// <summary>A section of the configuration.</summary>
    internal IConfigurationSection Section(string name) => _configuration.GetSection(name);

    /// <summary>Reads the environment and <c>Section:Key=value</c> pairs; the pairs win.</summary>
    internal static PipelineSettings Load(IReadOnlyList<string> assignments)
    {
        var pairs = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var assignment in assignments)
        {
            var equals = assignment.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new CliException($"--set {assignment}: expected Section:Key=value") { ExitCode = ExitCode.Usage };
            }

            pairs[assignment[..equals]] = assignment[(equals + 1)..];
        }

        return new PipelineSettings(new ConfigurationBuilder().AddEnvironmentVariables().AddInMemoryCollection(pairs).Build());
    }

    private string? NullIfEmpty(string name) => string.IsNullOrWhiteSpace(_configuration[name]) ? null : _configuration[name];

    private string Required(string name, string meaning) =>
        NullIfEmpty(name) ?? throw new CliException($"{name} is not set: it must name {meaning}. With a local pipeline running: set -a; . artifacts/local/env; set +a")
        {
            ExitCode = ExitCode.Usage,
        };
}
