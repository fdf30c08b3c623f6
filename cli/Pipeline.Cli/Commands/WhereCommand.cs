using System.CommandLine;
using System.Globalization;
using Pipeline.Cli.Composition;
using Pipeline.Cli.Output;
using Pipeline.Cli.Queries;
using Spectre.Console;

namespace Pipeline.Cli.Commands;

/// <summary><c>pipeline where ID</c>.</summary>
internal static class WhereCommand
{
    private static readonly Argument<string> Id = new("ID") { Description = "Event, observation, score or trace id." };

    internal static Command Create()
    {
        var command = new Command("where", "Say where an event, observation, score or trace is: accepted when, which partition and offset, stored, replayed or in flight.");
        command.Arguments.Add(Id);
        return command.Runs(RunAsync);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var adapters = new Adapters(parsed.Settings());
        var id = parsed.GetValue(Id)!;
        var locations = await new LocationReader(adapters.Queries, LogTail.Live(adapters.Log, adapters.WriterGroup), LogTail.Replay(adapters.ReplayLog, adapters.WriterGroup)).ReadAsync(id, cancellationToken);
        if (locations.Count == 0)
        {
            throw new CliException($"{id} was never accepted, or its receipt has expired") { ExitCode = ExitCode.NotFound };
        }

        if (parsed.GetValue(PipelineCommand.Json))
        {
            JsonOutput.Write(locations);
            return ExitCode.Ok;
        }

        var table = new Table().AddColumns("accepted (UTC)", "project", "topic", "partition", "offset", "attempt", "state", "stored (UTC)", "request");
        foreach (var location in locations)
        {
            table.AddRow(
                Time(location.AcceptedAt), Markup.Escape(location.ProjectId), Markup.Escape(location.Topic), location.Partition.ToString(CultureInfo.InvariantCulture),
                location.Offset.ToString(CultureInfo.InvariantCulture), location.Attempt.ToString(CultureInfo.InvariantCulture),
                Markup.Escape(string.Join("\n", location.Reasons.Prepend(location.State))), location.StoredAt is { } stored ? Time(stored) : "", Markup.Escape(location.RequestId));
        }

        AnsiConsole.Write(table);
        return ExitCode.Ok;
    }

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
}
