using System.CommandLine;
using System.Globalization;
using Pipeline.Cli.Composition;
using Pipeline.Cli.Failed;
using Pipeline.Cli.Output;
using Pipeline.Storage.Failures;
using Pipeline.Storage.Postgres;
using Pipeline.Storage.Postgres.Failures;

namespace Pipeline.Cli.Commands;

/// <summary><c>pipeline failed verify</c>.</summary>
internal static class FailedVerifyCommand
{
    private static readonly Argument<string[]> BatchIds = new("ID") { Description = "Batches to read; all that pass the filters by default.", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<int> Limit = new("--limit") { Description = "How many at most, oldest first; all by default.", DefaultValueFactory = _ => int.MaxValue };

    internal static Command Create()
    {
        var command = new Command("verify", "Read failed batches and check every byte; exits with 1 and names the defects when one is damaged.").WithFilters();
        command.Arguments.Add(BatchIds);
        command.Options.Add(Limit);
        return command.Runs(RunAsync);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var filter = parsed.Filter() with { Ids = FailedFilters.Ids(parsed.GetValue(BatchIds) ?? []) };
        var limit = FailedBatches.LimitOf(parsed, Limit);
        await using var adapters = new Adapters(parsed.Settings());
        var index = await FailedBatches.OpenAsync(adapters, cancellationToken);
        await FailedBatches.RequireAsync(index, filter.Ids, cancellationToken);
        var verification = new FailedVerification(adapters.Failures, adapters.FailedBatchSync);
        var progress = FailedBatches.Progress("verify");
        var damaged = new List<(FailedBatchRow Row, FailedBatchDamage Damage)>();
        await foreach (var row in FailedBatches.ReadAsync(index, filter, limit, isNewestFirst: false, cancellationToken))
        {
            if (await verification.VerifyAsync(row, cancellationToken) is { } damage)
            {
                damaged.Add((row, damage));
            }

            progress(verification.Verified);
        }

        if (parsed.GetValue(PipelineCommand.Json))
        {
            JsonOutput.Write(new
            {
                verification.Verified,
                verification.Records,
                Damaged = damaged.Select(pair => new { Id = pair.Row.BatchId, pair.Row.Folder, Defect = Words.Of(pair.Damage.Defect), pair.Damage.Detail }),
            });
        }
        else
        {
            damaged.ForEach(pair => Console.WriteLine($"{pair.Row.BatchId?.ToString() ?? pair.Row.Folder}: {Words.Of(pair.Damage.Defect)}: {pair.Damage.Detail}"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{verification.Verified} batches read, {damaged.Count} damaged, {verification.Records} records whole"));
        }

        return damaged.Count > 0 ? ExitCode.Failed : ExitCode.Ok;
    }
}
