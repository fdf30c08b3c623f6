using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Pipeline.Cli.Composition;
using Pipeline.Cli.Local;

namespace Pipeline.Cli.Commands;

/// <summary><c>pipeline local</c>.</summary>
internal static class LocalCommand
{
    private static readonly Option<int> Port = new("--port") { Description = "Port of the gateway.", DefaultValueFactory = _ => 3000 };
    private static readonly Option<string> DataFolder = new("--data") { Description = "Folder that everything is kept in.", DefaultValueFactory = _ => "artifacts/local" };
    private static readonly Option<Tier> TierOption = new("--tier") { Description = "Which buffer.", DefaultValueFactory = _ => Tier.Embedded };
    private static readonly Option<int> Consumers = new("--consumers") { Description = "Consumer processes.", DefaultValueFactory = _ => 1 };

    internal static Command Create()
    {
        var command = new Command("local", "Start a whole pipeline on this machine and serve until Ctrl-C. Its data survives a restart.");
        foreach (var option in new Option[] { Port, DataFolder, TierOption, Consumers })
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
            parsed.GetValue(Port), parsed.GetValue(DataFolder)!, parsed.GetValue(TierOption), parsed.GetValue(Consumers), parsed.GetValue(PipelineCommand.Set) ?? []);
        var startedAt = Stopwatch.GetTimestamp();
        await using var pipeline = new LocalPipeline(options, TimeProvider.System, line => Console.Error.WriteLine($"pipeline: {line}"));
        var environment = await pipeline.StartAsync(stop.Token);
        Console.WriteLine(
            $"""
            ready in {Stopwatch.GetElapsedTime(startedAt).TotalSeconds:0.0} s; point an SDK here:

              LANGFUSE_BASE_URL={environment.BaseUrl}
              LANGFUSE_PUBLIC_KEY={environment.PublicKey}
              LANGFUSE_SECRET_KEY={environment.SecretKey}

            The same and more for a shell: {pipeline.Folders.EnvironmentFile}
            Logs: {pipeline.Folders.Logs}
            Stop with Ctrl-C.
            """);
        try
        {
            await Task.Delay(Timeout.Infinite, stop.Token);
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine("stopping");
        }

        return ExitCode.Ok;
    }

    private static void Stop(PosixSignalContext signal, CancellationTokenSource stop)
    {
        signal.Cancel = true;
        stop.Cancel();
    }
}
