using System.CommandLine;
using System.Globalization;
using Pipeline.Cli.Composition;
using Pipeline.Cli.Output;
using Pipeline.Cli.Queries;
using Spectre.Console;

namespace Pipeline.Cli.Commands;

/// <summary><c>pipeline ledger</c>.</summary>
internal static class LedgerCommand
{
    // Receipts live for 90 days; closer to that, those of a minute expire one by one and would look like a gap.
    private static readonly TimeSpan LongestWindow = TimeSpan.FromDays(80);

    private static readonly Option<TimeSpan> Window = new("--window")
    {
        Description = "How far back, as [days.]hours:minutes:seconds; at most 80 days.",
        DefaultValueFactory = _ => TimeSpan.FromDays(1),
        Recursive = true,
    };

    internal static Command Create()
    {
        var command = new Command(
            "ledger",
            "Add up accepted, stored and in flight per project and minute; exits with 3 when something acknowledged is missing.");
        command.Options.Add(Window);
        command.Subcommands.Add(LedgerGapsCommand.Create());
        return command.Runs(RunAsync);
    }

    /// <summary>Where the window begins.</summary>
    internal static DateTimeOffset SinceOf(ParseResult parsed)
    {
        var window = parsed.GetValue(Window);
        if (window <= TimeSpan.Zero || window > LongestWindow)
        {
            throw new CliException($"--window is {window}; it must be above zero and at most {LongestWindow.TotalDays:0} days") { ExitCode = ExitCode.Usage };
        }

        return TimeProvider.System.GetUtcNow() - window;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var since = SinceOf(parsed);
        await using var adapters = new Adapters(parsed.Settings());
        var report = await LedgerReader.Of(adapters).ReadAsync(since, cancellationToken);
        if (parsed.GetValue(PipelineCommand.Json))
        {
            JsonOutput.Write(new
            {
                Gap = report.HasGap,
                InFlight = report.IsInFlight,
                Minutes = report.Lines.Select(line => new { line.ProjectId, line.Minute, line.Reported, line.Accepted, line.Stored, line.Failed, line.InFlight, line.Missing, line.Unreported }),
                Partitions = report.Partitions.Select(partition => new { partition.Partition, partition.CommittedOffset, partition.EndOffset, partition.CheckedFrom, partition.Receipts, partition.Restored, partition.InFlight, partition.Expired, partition.Missing }),
            });
        }
        else
        {
            Write(report);
        }

        return report.HasGap ? ExitCode.Gap : ExitCode.Ok;
    }

    private static void Write(LedgerReport report)
    {
        var minutes = new Table().AddColumns("project", "minute (UTC)", "reported", "accepted", "stored", "failed", "in flight", "missing");
        foreach (var line in report.Lines)
        {
            minutes.AddRow(
                Markup.Escape(line.ProjectId), line.Minute.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
                Number(line.Reported), Number(line.Accepted), Number(line.Stored), Number(line.Failed), Number(line.InFlight), Number(line.Missing));
        }

        var partitions = new Table().AddColumns("partition", "committed", "end", "checked from", "receipts", "in flight", "missing");
        foreach (var partition in report.Partitions)
        {
            partitions.AddRow(
                Number(partition.Partition), Number(partition.CommittedOffset), Number(partition.EndOffset), Number(partition.CheckedFrom), Number(partition.Receipts),
                Number(partition.InFlight), Number(partition.Missing));
        }

        AnsiConsole.Write(minutes);
        AnsiConsole.Write(partitions);
        Console.WriteLine(report.HasGap ? "GAP: acknowledged events are missing; `pipeline ledger gaps` names them" : report.IsInFlight ? "no gap; some records are still in flight" : "no gap: accepted = stored + failed");
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
