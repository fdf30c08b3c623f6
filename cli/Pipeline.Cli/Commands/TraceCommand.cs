using System.CommandLine;
using Pipeline.Cli.Composition;
using Pipeline.Cli.Output;
using Pipeline.Cli.Queries;
using Spectre.Console;

namespace Pipeline.Cli.Commands;

/// <summary><c>pipeline trace ID</c>.</summary>
internal static class TraceCommand
{
    private static readonly Argument<string> TraceId = new("ID") { Description = "Trace id." };

    internal static Command Create()
    {
        var command = new Command("trace", "Show one trace as a tree with its observations and scores.");
        command.Arguments.Add(TraceId);
        return command.Runs(RunAsync);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var adapters = new Adapters(parsed.Settings());
        var traceId = parsed.GetValue(TraceId)!;
        var documents = await new TraceReader(adapters.Queries).ReadAsync(traceId, cancellationToken);
        if (documents.Count == 0)
        {
            throw new CliException($"trace {traceId} is not stored; `pipeline where {traceId}` says whether it is on its way") { ExitCode = ExitCode.NotFound };
        }

        if (parsed.GetValue(PipelineCommand.Json))
        {
            JsonOutput.Write(documents);
            return ExitCode.Ok;
        }

        foreach (var document in documents)
        {
            AnsiConsole.Write(TraceTree.Of(document));
        }

        return ExitCode.Ok;
    }
}
