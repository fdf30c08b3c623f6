using Pipeline.Buffer;

namespace Pipeline.Cli.Composition;

/// <summary>Builds the Kafka log from the settings.</summary>
internal static class KafkaLogs
{
    internal static IEventLog Create(PipelineSettings settings) =>
        throw new CliException($"TIER=kafka is not built in ({settings.KafkaBootstrapServers})") { ExitCode = ExitCode.Usage };
}
