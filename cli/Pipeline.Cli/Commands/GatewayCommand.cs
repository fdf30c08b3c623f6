using System.CommandLine;
using System.Text.Json;
using Pipeline.Cli.Composition;
using Pipeline.Cli.Output;
using Pipeline.Gateway;

namespace Pipeline.Cli.Commands;

/// <summary><c>pipeline gateway</c>.</summary>
internal static class GatewayCommand
{
    internal static Command Create() =>
        new Command("gateway", "Serve the ingestion endpoints and append to the log. Settings: section Gateway.").Runs(async (parsed, cancellationToken) =>
        {
            var settings = parsed.Settings();
            await using var adapters = new Adapters(settings);
            var setup = new GatewaySetup
            {
                Options = GatewayOptions.From(settings.Section("Gateway")),
                Log = adapters.Log,
                Topic = adapters.TopicSpec,
                Keys = adapters.Keys,
                Hasher = adapters.Hasher,
                OwnsProcess = true,
            };
            return await GatewayHost.RunAsync(setup, address => Console.WriteLine(parsed.GetValue(PipelineCommand.Json) ? JsonSerializer.Serialize(new { Address = address }, JsonOutput.Compact) : $"gateway listens on {address}"), cancellationToken);
        });
}
