using System.CommandLine;
using Pipeline.Cli.Composition;
using Pipeline.Consumers;

namespace Pipeline.Cli.Commands;

/// <summary><c>pipeline consume</c>.</summary>
internal static class ConsumeCommand
{
    internal static Command Create() =>
        new Command("consume", "Read the log as one member of the writer group and store in ClickHouse. Settings: section Writer.").Runs(async (parsed, cancellationToken) =>
        {
            var settings = parsed.Settings();
            await using var adapters = new Adapters(settings);
            var setup = new WriterSetup
            {
                Options = WriterOptions.From(settings.Section("Writer")),
                Log = adapters.Log,
                ReplayLog = adapters.ReplayLog,
                Topic = adapters.TopicSpec,
                Store = adapters.Store,
                Failures = adapters.Failures,
                Retentions = adapters.LogRetentions,
                Pressure = adapters.StorePressure,
                OwnsProcess = true,
            };
            return await WriterHost.RunAsync(setup, cancellationToken);
        });
}
