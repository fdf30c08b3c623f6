using System.CommandLine;
using Pipeline.Cli.Composition;
using Pipeline.Consumers.Archiving;

namespace Pipeline.Cli.Commands;

/// <summary><c>pipeline archive</c>.</summary>
internal static class ArchiveCommand
{
    internal static Command Create() =>
        new Command(
            "archive",
            "Copy every live record of the log into the object store (OBJECT_STORE), as one more consumer group beside the writers. Settings: section Archive.")
        .Runs(async (parsed, cancellationToken) =>
        {
            var settings = parsed.Settings();
            await using var adapters = new Adapters(settings);
            var setup = new ArchiveSetup
            {
                Options = ArchiveOptions.From(settings.Section("Archive")),
                Log = adapters.Log,
                Topic = adapters.TopicSpec,
                Archive = adapters.ArchiveStore,
                OwnsProcess = true,
            };
            return await ArchiveHost.RunAsync(setup, cancellationToken);
        });
}
