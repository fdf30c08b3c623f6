using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Pipeline.Cli.Composition;
using Pipeline.Cli.Local;
using Pipeline.Cli.Output;

namespace Pipeline.Cli.Commands;

/// <summary><c>pipeline local</c>.</summary>
internal static class LocalCommand
{
    private static readonly Option<int> Port = new("--port") { Description = "Port of the gateway.", DefaultValueFactory = _ => 3000 };
    private static readonly Option<string> DataFolder = new("--data") { Description = "Folder that everything is kept in.", DefaultValueFactory = _ => "artifacts/local" };
    private static readonly Option<Tier> TierOption = new("--tier") { Description = "Which buffer.", DefaultValueFactory = _ => Tier.Embedded };
    private static readonly Option<int> Consumers = new("--consumers") { Description = "Consumer processes.", DefaultValueFactory = _ => 1 };
    private static readonly Option<bool> Archive = new("--archive") { Description = "Also copy every record into the object store, for as long as you keep it there." };

    internal static Command Create()
    {
        var command = new Command("local", "Start a whole pipeline on this machine and serve until Ctrl-C. Its data survives a restart.");
        foreach (var option in new Option[] { Port, DataFolder, TierOption, Consumers, Archive })
        {
            command.Options.Add(option);
        }

        return command.Runs(RunAsync);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, stop));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, stop));
        var options = new LocalOptions(
            parsed.GetValue(Port), parsed.GetValue(DataFolder)!, parsed.GetValue(TierOption), parsed.GetValue(Consumers), parsed.GetValue(PipelineCommand.Set) ?? [])
        {
            HasArchive = parsed.GetValue(Archive),
        };
        var startedAt = Stopwatch.GetTimestamp();
        await using var pipeline = new LocalPipeline(options, TimeProvider.System, line => Console.Error.WriteLine($"pipeline: {line}"));
        var environment = await pipeline.StartAsync(stop.Token);
        Announce(parsed, environment, pipeline.Folders, Stopwatch.GetElapsedTime(startedAt));
        try
        {
            await Task.Delay(Timeout.Infinite, stop.Token);
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("pipeline: stopping");
        }

        return ExitCode.Ok;
    }

    private static void Announce(ParseResult parsed, LocalEnvironment environment, LocalFolders folders, TimeSpan elapsed)
    {
        if (parsed.GetValue(PipelineCommand.Json))
        {
            // One line, so that a script may read it while the pipeline goes on.
            Console.WriteLine(JsonSerializer.Serialize(
                new { environment.BaseUrl, environment.PublicKey, environment.SecretKey, folders.EnvironmentFile, folders.Logs, ReadyAfterSeconds = Math.Round(elapsed.TotalSeconds, 1) },
                JsonOutput.Compact));
            return;
        }

        Console.WriteLine(
            $"""
            ready in {elapsed.TotalSeconds:0.0} s; point an SDK here:

              LANGFUSE_BASE_URL={environment.BaseUrl}
              LANGFUSE_PUBLIC_KEY={environment.PublicKey}
              LANGFUSE_SECRET_KEY={environment.SecretKey}

            The same and more for a shell: {folders.EnvironmentFile}
            Logs: {folders.Logs}
            Stop with Ctrl-C.
            """);
    }

    private static void Stop(PosixSignalContext signal, CancellationTokenSource stop)
    {
        signal.Cancel = true;
        stop.Cancel();
    }
}
