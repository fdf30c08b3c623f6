using System.CommandLine;
using System.Globalization;
using Pipeline.Cli.Composition;
using Pipeline.Cli.Failed;
using Pipeline.Cli.Gaps;
using Pipeline.Cli.Output;
using Pipeline.Cli.Replays;
using Pipeline.Storage.Postgres.Failures;
using Pipeline.Storage.Replays;

namespace Pipeline.Cli.Commands;

/// <summary><c>pipeline replay plan</c>.</summary>
internal static class ReplayPlanCommand
{
    private static readonly ReplayLimits Defaults = new();

    private static readonly Argument<string[]> BatchIds = new("ID") { Description = "Failed batches; all that wait and pass the filters by default.", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<string?> Reason = new("--reason") { Description = "Why; kept with the job. Required, but for a dry run." };
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Say what a replay would do, and keep no job." };
    private static readonly Option<bool> Gaps = new("--gaps") { Description = "Everything that `pipeline ledger gaps` names and that a failed batch, the log or the archive can fill, instead of failed batches by filter." };
    private static readonly Option<TimeSpan> Window = new("--window") { Description = "With --gaps: how far back, as [days.]hours:minutes:seconds.", DefaultValueFactory = _ => TimeSpan.FromDays(1) };
    private static readonly Option<int> Limit = new("--limit") { Description = "Batches at most, oldest first.", DefaultValueFactory = _ => 10_000 };
    private static readonly Option<long> MaxBytes = new("--max-bytes") { Description = "Bytes of records at most.", DefaultValueFactory = _ => long.MaxValue };
    private static readonly Option<double> Rate = new("--rate") { Description = "Records per second at most.", DefaultValueFactory = _ => Defaults.RecordsPerSecond };
    private static readonly Option<long> ByteRate = new("--byte-rate") { Description = "Bytes of records per second at most.", DefaultValueFactory = _ => Defaults.BytesPerSecond };
    private static readonly Option<int> Concurrency = new("--concurrency") { Description = "Batches in flight at once.", DefaultValueFactory = _ => Defaults.Concurrency };
    private static readonly Option<int> Canary = new("--canary") { Description = "Batches to replay and prove alone before the rest; the job pauses when any of them fails.", DefaultValueFactory = _ => Defaults.CanaryPieces };

    internal static Command Create()
    {
        var command = new Command("plan", "Compare failed batches with the store, say what a replay would do, and keep it as a job.").WithFilters(hasOwnReason: true);
        command.Arguments.Add(BatchIds);
        foreach (var option in new Option[] { Reason, DryRun, Gaps, Window, Limit, MaxBytes, Rate, ByteRate, Concurrency, Canary })
        {
            command.Options.Add(option);
        }

        return command.Runs(RunAsync);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var isDry = parsed.GetValue(DryRun);
        var reason = parsed.GetValue(Reason)?.Trim() ?? "";
        if (!isDry && reason.Length == 0)
        {
            throw new CliException("--reason is missing: say why, for the record; or give --dry-run") { ExitCode = ExitCode.Usage };
        }

        var limits = LimitsOf(parsed);
        var settings = parsed.Settings();
        await using var adapters = new Adapters(settings);
        var index = await FailedBatches.OpenAsync(adapters, cancellationToken);
        var sources = parsed.GetValue(Gaps) ? await GapSourcesAsync(parsed, adapters, cancellationToken) : await SourcesAsync(parsed, index, cancellationToken);
        var started = TimeProvider.System.GetTimestamp();
        var (job, refused) = await adapters.ReplayPlanner.PlanAsync(
            sources, limits, settings.Actor, reason, keep: !isDry, Progress(sources.Count, started), cancellationToken);
        if (parsed.GetValue(PipelineCommand.Json))
        {
            JsonOutput.Write(ReplayDocuments.Of(job, isKept: !isDry && job.Pieces > 0, refused));
        }
        else
        {
            ReplayText.Write(job, isKept: !isDry && job.Pieces > 0, refused);
        }

        return refused.Count > 0 ? ExitCode.Failed : ExitCode.Ok;
    }

    private static ReplayLimits LimitsOf(ParseResult parsed)
    {
        var limits = new ReplayLimits
        {
            RecordsPerSecond = parsed.GetValue(Rate),
            BytesPerSecond = parsed.GetValue(ByteRate),
            Concurrency = parsed.GetValue(Concurrency),
            CanaryPieces = parsed.GetValue(Canary),
        };
        var wrong = limits.RecordsPerSecond is not (>= 0.1 and <= 1_000_000) ? "--rate must be from 0.1 to 1000000"
            : limits.BytesPerSecond < 1024 ? "--byte-rate must be at least 1024"
            : limits.Concurrency is not (>= 1 and <= 64) ? "--concurrency must be from 1 to 64"
            : limits.CanaryPieces < 0 ? "--canary must not be below 0"
            : null;
        return wrong is null ? limits : throw new CliException(wrong) { ExitCode = ExitCode.Usage };
    }

    private static async Task<IReadOnlyList<ReplaySource>> SourcesAsync(ParseResult parsed, FailedBatchIndex index, CancellationToken cancellationToken)
    {
        var filter = parsed.Filter() with { Ids = FailedFilters.Ids(parsed.GetValue(BatchIds) ?? []) };
        await FailedBatches.RequireAsync(index, filter.Ids, cancellationToken);
        if (filter.States.Count == 0 && filter.Ids.Count == 0)
        {
            filter = filter with { States = [FailedBatchState.Waiting, FailedBatchState.FailedAgain] };
        }

        var bytesLeft = parsed.GetValue(MaxBytes);
        var sources = new List<ReplaySource>();
        var failedAgain = new List<ReplaySource>();

        // Oldest first: what failed first is missed longest. The merge needs no order. What a replay could not store comes last: the canary is the first.
        await foreach (var row in FailedBatches.ReadAsync(index, filter, FailedBatches.LimitOf(parsed, Limit), isNewestFirst: false, cancellationToken))
        {
            bytesLeft -= row.Manifest?.Bytes ?? 0;
            if (row.BatchId is not { } id || bytesLeft < 0)
            {
                continue;
            }

            (row.State == FailedBatchState.FailedAgain ? failedAgain : sources).Add(ReplaySource.Batch(id));
        }

        return [.. sources.Concat(failedAgain).Distinct()];
    }

    private static async Task<IReadOnlyList<ReplaySource>> GapSourcesAsync(ParseResult parsed, Adapters adapters, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(BatchIds) is { Length: > 0 })
        {
            throw new CliException("--gaps and ids of batches exclude each other") { ExitCode = ExitCode.Usage };
        }

        var gaps = await (await GapReader.OpenAsync(adapters, cancellationToken)).ReadAsync(TimeProvider.System.GetUtcNow() - parsed.GetValue(Window), cancellationToken);
        foreach (var gap in gaps.Where(gap => gap.Source is null))
        {
            await Console.Error.WriteLineAsync($"not planned: {gap.Stage} of project {gap.ProjectId} at {gap.Minute:u}: {gap.NoSource}");
        }

        // Several gaps may name one source: a batch or a range holds records of many projects and minutes.
        return [.. gaps.Select(gap => gap.Source).OfType<ReplaySource>().Distinct().Take(FailedBatches.LimitOf(parsed, Limit))];
    }

    private static Action<int> Progress(int pieces, long started)
    {
        var told = TimeProvider.System.GetTimestamp();
        return done =>
        {
            if (TimeProvider.System.GetElapsedTime(told) > TimeSpan.FromSeconds(2))
            {
                told = TimeProvider.System.GetTimestamp();
                var left = TimeProvider.System.GetElapsedTime(started) / done * (pieces - done);
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"plan: {done} of {pieces} batches compared, about {left.TotalSeconds:0} s left"));
            }
        };
    }
}
