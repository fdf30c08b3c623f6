using System.CommandLine;
using System.Text.Json;
using Pipeline.Cli.Composition;
using Pipeline.Cli.Output;

namespace Pipeline.Cli.Commands;

/// <summary>The root command and what all commands share.</summary>
internal static class PipelineCommand
{
    /// <summary>Prints JSON instead of text.</summary>
    internal static readonly Option<bool> Json = new("--json") { Description = "Print JSON to stdout instead of text.", Recursive = true };

    /// <summary>Overrides configuration.</summary>
    internal static readonly Option<string[]> Set = new("--set")
    {
        Description = "Override one setting, as Section:Key=value; may be repeated.",
        Recursive = true,
        DefaultValueFactory = _ => [],
    };

    internal static RootCommand Create()
    {
        var root = new RootCommand(
            """
            Ingestion pipeline for LLM traces: gateway -> log -> consumers -> ClickHouse.

            Start everything on this machine with `pipeline local` (or `make run`), then load the printed addresses into your shell:
              set -a; . artifacts/local/env; set +a
            and look at what arrived with `pipeline trace ID`, `pipeline where ID`, `pipeline ledger` and `pipeline lag`, and at what was put aside with
            `pipeline failed` and `pipeline replay`.

            Exit codes: 0 ok, 1 failed, 2 wrong usage or configuration, 3 something acknowledged is lost, 4 not found, 5 a store or the log cannot be reached.
            """);
        root.Options.Add(Json);
        root.Options.Add(Set);
        root.Subcommands.Add(LocalCommand.Create());
        root.Subcommands.Add(GatewayCommand.Create());
        root.Subcommands.Add(ConsumeCommand.Create());
        root.Subcommands.Add(ArchiveCommand.Create());
        root.Subcommands.Add(MigrateCommand.Create());
        root.Subcommands.Add(TopicsCommand.Create());
        root.Subcommands.Add(KeysCommand.Create());
        root.Subcommands.Add(TraceCommand.Create());
        root.Subcommands.Add(WhereCommand.Create());
        root.Subcommands.Add(LedgerCommand.Create());
        root.Subcommands.Add(LagCommand.Create());
        root.Subcommands.Add(FailedCommand.Create());
        root.Subcommands.Add(ReplayCommand.Create());
        return root;
    }

    /// <summary>The settings of an invocation: environment and <c>--set</c>.</summary>
    internal static PipelineSettings Settings(this ParseResult parsed) => PipelineSettings.Load(parsed.GetValue(Set) ?? []);

    /// <summary>Attaches an action that turns expected failures into a message on stderr and an exit code.</summary>
    internal static Command Runs(this Command command, Func<ParseResult, CancellationToken, Task<int>> action)
    {
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                return await action(parsed, cancellationToken);
            }
            catch (Exception failure) when (Failures.TryDescribe(failure, out var message, out var exitCode))
            {
                await Console.Error.WriteLineAsync(parsed.GetValue(Json) ? JsonSerializer.Serialize(new { Error = message, ExitCode = exitCode }, JsonOutput.Compact) : $"pipeline: {message}");
                return exitCode;
            }
        });
        return command;
    }
}
