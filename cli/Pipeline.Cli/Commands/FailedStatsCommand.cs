using System.CommandLine;
using System.Globalization;
using Pipeline.Cli.Composition;
using Pipeline.Cli.Failed;
using Pipeline.Cli.Output;
using Pipeline.Storage.Postgres;
using Pipeline.Storage.Postgres.Failures;
using Spectre.Console;

namespace Pipeline.Cli.Commands;

/// <summary><c>pipeline failed stats</c>.</summary>
internal static class FailedStatsCommand
{
    private static readonly Option<string[]> By = new("--by") { Description = "Count by state, class, reason, code, table, project or day; may be repeated. All by default.", DefaultValueFactory = _ => [] };
    private static readonly Option<int> Limit = new("--limit") { Description = "Groups of each kind at most, the largest first.", DefaultValueFactory = _ => 50 };

    internal static Command Create()
    {
        var command = new Command("stats", "Count failed batches by state, class, reason, code, table, project and day.").WithFilters();
        command.Options.Add(By);
        command.Options.Add(Limit);
        return command.Runs(RunAsync);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var filter = parsed.Filter();
        var limit = FailedBatches.LimitOf(parsed, Limit);
        var groupings = GroupingsOf(parsed.GetValue(By) ?? []);
        await using var adapters = new Adapters(parsed.Settings());
        var index = await FailedBatches.OpenAsync(adapters, cancellationToken);
        var total = await index.CountAsync(filter, cancellationToken);
        var counted = new List<(FailedBatchGrouping By, IReadOnlyList<FailedBatchGroup> Groups)>();
        foreach (var grouping in groupings)
        {
            counted.Add((grouping, await adapters.FailedBatchStatistics.GroupAsync(grouping, filter, limit, cancellationToken)));
        }

        if (parsed.GetValue(PipelineCommand.Json))
        {
            var groups = counted.ToDictionary(count => Words.Of(count.By), count => count.Groups, StringComparer.Ordinal);
            JsonOutput.Write(new { Total = total, By = groups });
            return ExitCode.Ok;
        }

        foreach (var (by, groups) in counted)
        {
            var table = new Table().AddColumns(Words.Of(by), "batches", "records", "events", "failures");
            foreach (var group in groups)
            {
                table.AddRow(group.Value.Length == 0 ? "(none)" : Markup.Escape(group.Value), Number(group.Batches), Number(group.Records), Number(group.Events), Number(group.Failures));
            }

            AnsiConsole.Write(table);
        }

        Console.WriteLine($"{Number(total)} failed batches");
        return ExitCode.Ok;
    }

    private static FailedBatchGrouping[] GroupingsOf(string[] words)
    {
        try
        {
            return words.Length == 0 ? Enum.GetValues<FailedBatchGrouping>() : [.. words.Select(Words.Parse<FailedBatchGrouping>)];
        }
        catch (FormatException wrong)
        {
            throw new CliException($"--by: {wrong.Message}", wrong) { ExitCode = ExitCode.Usage };
        }
    }

    private static string Number(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";
}
