using System.CommandLine;
using System.Globalization;
using Pipeline.Cli.Composition;
using Pipeline.Cli.Failed;
using Pipeline.Cli.Output;
using Pipeline.Storage.Postgres;
using Pipeline.Storage.Postgres.Failures;

namespace Pipeline.Cli.Commands;

/// <summary><c>pipeline failed purge</c>.</summary>
internal static class FailedPurgeCommand
{
    private const int ShownBatches = 20;

    private static readonly Argument<string[]> BatchIds = new("ID") { Description = "Batches to delete; all replayed ones that pass the filters by default.", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<string?> Reason = new("--reason") { Description = "Why; kept in the audit log. Required." };
    private static readonly Option<bool> Yes = new("--yes") { Description = "Do not ask." };
    private static readonly Option<bool> Force = new("--force") { Description = "Also what was not replayed, and is lost then; only with ids." };
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Say what would be deleted, and delete nothing." };
    private static readonly Option<int> Limit = new("--limit") { Description = "How many at most, oldest first.", DefaultValueFactory = _ => 1000 };

    internal static Command Create()
    {
        var command = new Command("purge", "Delete failed batches that were replayed, for good. Needs --reason; asks unless --yes is given.").WithFilters(hasOwnReason: true);
        command.Arguments.Add(BatchIds);
        foreach (var option in new Option[] { Reason, Yes, Force, DryRun, Limit })
        {
            command.Options.Add(option);
        }

        return command.Runs(RunAsync);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var filter = parsed.Filter() with { Ids = FailedFilters.Ids(parsed.GetValue(BatchIds) ?? []) };
        var (isForced, isDry) = (parsed.GetValue(Force), parsed.GetValue(DryRun));
        var limit = FailedBatches.LimitOf(parsed, Limit);
        var reason = parsed.GetValue(Reason)?.Trim() ?? "";
        Require(isForced, isDry || parsed.GetValue(Yes), filter, isDry ? "-" : reason);
        var settings = parsed.Settings();
        await using var adapters = new Adapters(settings);
        var index = await FailedBatches.OpenAsync(adapters, cancellationToken);
        var purge = new FailedPurge(adapters, index);
        var rows = await purge.PlanAsync(filter, isForced, limit, cancellationToken);
        var isJson = parsed.GetValue(PipelineCommand.Json);
        if (isDry)
        {
            Write(rows, isJson, "would delete");
            return ExitCode.Ok;
        }

        if (rows.Count > 0 && !parsed.GetValue(Yes) && !await IsConfirmedAsync(rows, cancellationToken))
        {
            await Console.Error.WriteLineAsync("nothing was deleted");
            return ExitCode.Failed;
        }

        await purge.DeleteAsync(rows, settings.Actor, reason, isForced, FailedBatches.Progress("purge"), cancellationToken);
        Write(rows, isJson, "deleted");
        return ExitCode.Ok;
    }

    private static void Require(bool isForced, bool isConfirmed, FailedBatchFilter filter, string reason)
    {
        var wrong = reason.Length == 0 ? "--reason is missing: say why, for the audit log"
            : isForced && filter.Ids.Count == 0 ? "--force needs the ids of the batches"
            : filter.Ids.Count == 0 && filter.States.Any(state => state != FailedBatchState.Replayed) ? "only replayed batches are purged; name others by id, with --force"
            : !isConfirmed && Console.IsInputRedirected ? "there is no terminal to ask at: give --yes"
            : null;
        if (wrong is not null)
        {
            throw new CliException(wrong) { ExitCode = ExitCode.Usage };
        }
    }

    private static async Task<bool> IsConfirmedAsync(IReadOnlyList<FailedBatchRow> rows, CancellationToken cancellationToken)
    {
        foreach (var row in rows.Take(ShownBatches))
        {
            await Console.Error.WriteLineAsync($"{row.BatchId}  {row.FailedAt:u}  {Words.Of(row.State)}  {row.Manifest?.Events} events  {row.Manifest?.Error}");
        }

        if (rows.Count > ShownBatches)
        {
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"and {rows.Count - ShownBatches} more"));
        }

        await Console.Error.WriteAsync($"Delete {Sum(rows)} for good? [y/N] ");
        return (await Console.In.ReadLineAsync(cancellationToken))?.Trim() is "y" or "Y" or "yes";
    }

    private static void Write(IReadOnlyList<FailedBatchRow> rows, bool isJson, string verb)
    {
        if (isJson)
        {
            JsonOutput.Write(new
            {
                Deleted = verb == "deleted",
                Batches = rows.Select(row => new { Id = row.BatchId, row.Folder, State = Words.Of(row.State), row.Manifest?.Records, row.Manifest?.Events }),
            });
            return;
        }

        Console.WriteLine($"{verb} {Sum(rows)}");
    }

    private static string Sum(IReadOnlyList<FailedBatchRow> rows) => string.Create(
        CultureInfo.InvariantCulture,
        $"{rows.Count} batches with {rows.Sum(row => (long)(row.Manifest?.Records ?? 0))} records, {rows.Sum(row => (long)(row.Manifest?.Events ?? 0))} events");
}
