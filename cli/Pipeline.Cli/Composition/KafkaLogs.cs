using Microsoft.Extensions.Configuration;
using Pipeline.Buffer;
using Pipeline.Buffer.Kafka;

namespace Pipeline.Cli.Composition;

/// <summary>Builds the Kafka log from the settings.</summary>
internal static class KafkaLogs
{
    internal static IEventLog Create(PipelineSettings settings, string topic)
    {
        var options = new KafkaBufferOptions();
        try
        {
            settings.Section("Kafka").Bind(options, static binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException invalid)
        {
            throw new CliException($"section Kafka: {invalid.Message}", invalid) { ExitCode = ExitCode.Usage };
        }

        options.BootstrapServers = settings.KafkaBootstrapServers ?? options.BootstrapServers;
        options.Topic = topic;
        try
        {
            return new KafkaEventLog(options, TimeProvider.System);
        }
        catch (KafkaConfigurationException wrong)
        {
            throw new CliException(wrong.Message, wrong) { ExitCode = ExitCode.Usage };
        }
    }
}
