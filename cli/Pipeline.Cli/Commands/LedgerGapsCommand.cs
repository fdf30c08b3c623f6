using System.CommandLine;
using System.Globalization;
using Pipeline.Cli.Composition;
using Pipeline.Cli.Gaps;
using Pipeline.Cli.Output;
using Pipeline.Storage.Postgres;
using Spectre.Console;

namespace Pipeline.Cli.Commands;

/// <summary><c>pipeline ledger gaps</c>.</summary>
internal static class LedgerGapsCommand
{
    internal static Command Create() =>
        new Command(
            "gaps",
            """
            Name what is not stored, by project, minute, stage and error, and what a replay could fill it from.

            Stages: failed (given up and kept aside), unstored (committed without a receipt), expired (deleted from the log before it was read),
            unlogged (acknowledged by a gateway, and nowhere). Exits with 3 when there is any but failed.
            """).Runs(RunAsync);

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var since = LedgerCommand.SinceOf(parsed);
        await using var adapters = new Adapters(parsed.Settings());
        var reader = await GapReader.OpenAsync(adapters, cancellationToken);
        var gaps = await reader.ReadAsync(since, cancellationToken);
        var isLoss = gaps.Any(gap => gap.IsLoss);
        if (parsed.GetValue(PipelineCommand.Json))
        {
            JsonOutput.Write(new
            {
                Gap = isLoss,
                Gaps = gaps.Select(gap => new
                {
                    Stage = Words.Of(gap.Stage),
                    gap.ProjectId,
                    gap.Minute,
                    gap.Records,
                    gap.Events,
                    Class = gap.Class is { } @class ? Words.Of(@class) : null,
                    gap.Code,
                    gap.Error,
                    Source = gap.Source?.ToString(),
                    NoSource = gap.Source is null ? gap.NoSource : null,
                }),
            });
        }
        else
        {
            Write(gaps, isLoss);
        }

        return isLoss ? ExitCode.Gap : ExitCode.Ok;
    }

    private static void Write(IReadOnlyList<Gap> gaps, bool isLoss)
    {
        var table = new Table().AddColumns("stage", "project", "minute (UTC)", "records", "events", "error", "source");
        foreach (var gap in gaps)
        {
            table.AddRow(
                Words.Of(gap.Stage), Markup.Escape(gap.ProjectId), gap.Minute?.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "", Number(gap.Records), Number(gap.Events),
                Markup.Escape(ErrorOf(gap)), Markup.Escape(gap.Source?.ToString() ?? $"none: {gap.NoSource}"));
        }

        AnsiConsole.Write(table);
        var sources = gaps.Where(gap => gap.Source is not null).Select(gap => gap.Source).Distinct().Count();
        Console.WriteLine(gaps.Count == 0 ? "nothing is missing" : string.Create(
            CultureInfo.InvariantCulture,
            $"{(isLoss ? "GAP: acknowledged events are missing" : "nothing is lost: what failed is kept aside")}; {sources} sources could fill it: `pipeline replay plan --gaps`"));
    }

    private static string ErrorOf(Gap gap) => gap.Class is { } @class
        ? string.Create(CultureInfo.InvariantCulture, $"{Words.Of(@class)}{(gap.Code > 0 ? $" {gap.Code}" : "")}: {gap.Error}")
        : gap.Error;

    private static string Number(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "unknown";
}
