using System.CommandLine;
using System.Globalization;
using Pipeline.Cli.Composition;
using Pipeline.Cli.Failed;
using Pipeline.Cli.Output;
using Pipeline.Storage.Postgres;
using Pipeline.Storage.Postgres.Failures;
using Spectre.Console;

namespace Pipeline.Cli.Commands;

/// <summary><c>pipeline failed list</c>.</summary>
internal static class FailedListCommand
{
    private static readonly Option<int> Limit = new("--limit") { Description = "How many at most, newest first.", DefaultValueFactory = _ => 50 };

    private static readonly Option<bool> Quiet = new("--quiet", "-q") { Description = "Print ids and nothing else, one a line." };

    internal static Command Create()
    {
        var command = new Command("list", "List failed batches, newest first.").WithFilters();
        command.Options.Add(Limit);
        command.Options.Add(Quiet);
        return command.Runs(RunAsync);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var filter = parsed.Filter();
        var limit = FailedBatches.LimitOf(parsed, Limit);
        await using var adapters = new Adapters(parsed.Settings());
        var index = await FailedBatches.OpenAsync(adapters, cancellationToken);
        var total = await index.CountAsync(filter, cancellationToken);
        var rows = new List<FailedBatchRow>();
        await foreach (var row in FailedBatches.ReadAsync(index, filter, limit, isNewestFirst: true, cancellationToken))
        {
            rows.Add(row);
        }

        if (parsed.GetValue(PipelineCommand.Json))
        {
            JsonOutput.Write(new { Total = total, Batches = rows.Select(FailedDocuments.Of) });
            return ExitCode.Ok;
        }

        if (parsed.GetValue(Quiet))
        {
            // What lies under a key that no batch has cannot be named to another command.
            rows.ForEach(row => Console.Write(row.BatchId is { } id ? $"{id}\n" : ""));
            return ExitCode.Ok;
        }

        var table = new Table().AddColumns("id", "failed (UTC)", "class", "state", "records", "events", "projects", "replays", "why");
        foreach (var row in rows)
        {
            table.AddRow(Cells(row));
        }

        AnsiConsole.Write(table);
        if (total > rows.Count)
        {
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{rows.Count} of {total}; --limit shows more"));
        }

        return ExitCode.Ok;
    }

    private static string[] Cells(FailedBatchRow row) =>
    [
        .. new[]
        {
            row.BatchId?.ToString() ?? row.Folder,
            row.FailedAt.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            row.Class is { } errorClass ? Words.Of(errorClass) : "",
            Words.Of(row.State),
            string.Create(CultureInfo.InvariantCulture, $"{row.Manifest?.Records}"),
            string.Create(CultureInfo.InvariantCulture, $"{row.Manifest?.Events}"),
            string.Create(CultureInfo.InvariantCulture, $"{row.Manifest?.Projects.Count}"),
            string.Create(CultureInfo.InvariantCulture, $"{row.ReplayAttempts}"),
            row.Damage?.Detail ?? row.Manifest?.Error ?? "",
        }.Select(Markup.Escape),
    ];
}
