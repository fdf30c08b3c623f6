using System.Globalization;
using System.Text;
using Pipeline.Cli.Composition;
using Pipeline.Storage.Postgres.Embedded;

namespace Pipeline.Cli.Local;

/// <summary>Addresses and keys of a local pipeline, as its processes and its users need them.</summary>
internal sealed record LocalEnvironment
{
    internal required int GatewayPort { get; init; }

    internal required int PostgresPort { get; init; }

    internal required int EnginePort { get; init; }

    internal required Tier Tier { get; init; }

    internal required string KeyPepper { get; init; }

    internal required string ObjectStore { get; init; }

    internal string KafkaBootstrapServers { get; init; } = "";

    internal string PublicKey { get; init; } = "";

    internal string SecretKey { get; init; } = "";

    internal string MemberId { get; init; } = "";

    internal string BaseUrl => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{GatewayPort}");

    /// <summary>Takes ports next to the gateway's, so that addresses stay the same across restarts.</summary>
    internal static LocalEnvironment Choose(LocalOptions options, LocalSecrets secrets) => new()
    {
        GatewayPort = options.Port,
        EnginePort = FreePort.Near(options.Port + 1),
        PostgresPort = FreePort.Near(options.Port + 2),
        Tier = options.Tier,
        KeyPepper = secrets.KeyPepper,
        ObjectStore = Environment.GetEnvironmentVariable("OBJECT_STORE") is { Length: > 0 } given ? given : new LocalFolders(Path.GetFullPath(options.DataFolder)).Objects,
        KafkaBootstrapServers = options.Tier == Tier.Kafka ? Environment.GetEnvironmentVariable("KAFKA_BOOTSTRAP_SERVERS") ?? "" : "",
    };

    /// <summary>What the child processes read.</summary>
    internal Dictionary<string, string> Variables()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["TIER"] = Tier == Tier.Kafka ? "kafka" : "embedded",
            ["POSTGRES_DSN"] = PostgresProcess.AddressOf(PostgresPort),
            ["CLICKHOUSE_URL"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{EnginePort}"),
            ["PIPELINE_KEY_PEPPER"] = KeyPepper,
            ["OBJECT_STORE"] = ObjectStore,
            ["Gateway__Port"] = GatewayPort.ToString(CultureInfo.InvariantCulture),
        };
        if (KafkaBootstrapServers.Length > 0)
        {
            variables["KAFKA_BOOTSTRAP_SERVERS"] = KafkaBootstrapServers;
            variables["PIPELINE_REPLICATION_FACTOR"] = KafkaBootstrapServers.Split(',').Length >= 3 ? "3" : "1";
        }

        if (MemberId.Length > 0)
        {
            variables["Writer__MemberId"] = MemberId;
            variables["Archive__MemberId"] = MemberId;
        }

        return variables;
    }

    /// <summary>Writes shell assignments; readable by the owner only, for they hold a secret.</summary>
    internal void Save(string path)
    {
        var text = new StringBuilder()
            .AppendLine(CultureInfo.InvariantCulture, $"LANGFUSE_BASE_URL={BaseUrl}")
            .AppendLine(CultureInfo.InvariantCulture, $"LANGFUSE_HOST={BaseUrl}")
            .AppendLine(CultureInfo.InvariantCulture, $"LANGFUSE_PUBLIC_KEY={PublicKey}")
            .AppendLine(CultureInfo.InvariantCulture, $"LANGFUSE_SECRET_KEY={SecretKey}");
        foreach (var name in new[] { "CLICKHOUSE_URL", "POSTGRES_DSN", "OBJECT_STORE", "TIER", "PIPELINE_KEY_PEPPER", "KAFKA_BOOTSTRAP_SERVERS", "PIPELINE_REPLICATION_FACTOR" })
        {
            if (Variables().TryGetValue(name, out var value))
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"{name}='{value}'");
            }
        }

        File.Delete(path);
        using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        file.Write(Encoding.UTF8.GetBytes(text.ToString()));
    }
}
