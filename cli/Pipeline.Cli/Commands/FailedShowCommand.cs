using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Pipeline.Cli.Composition;
using Pipeline.Cli.Failed;
using Pipeline.Cli.Output;
using Pipeline.Storage.Failures;
using Pipeline.Storage.Postgres;
using Pipeline.Storage.Postgres.Failures;
using Spectre.Console;

namespace Pipeline.Cli.Commands;

/// <summary><c>pipeline failed show ID</c>.</summary>
internal static class FailedShowCommand
{
    private static readonly Argument<string> BatchId = new("ID") { Description = "Failed batch." };
    private static readonly Option<bool> Records = new("--records") { Description = "Also where each record lay, when it was received and by which request." };
    private static readonly Option<bool> Content = new("--content") { Description = "Also what the records say: prompts, answers, everything." };
    private static readonly Option<int> Limit = new("--limit") { Description = "Records at most.", DefaultValueFactory = _ => 50 };

    internal static Command Create()
    {
        var command = new Command("show", "Show a failed batch: its manifest, what is wrong with which record, and its replays.");
        command.Arguments.Add(BatchId);
        foreach (var option in new Option[] { Records, Content, Limit })
        {
            command.Options.Add(option);
        }

        return command.Runs(RunAsync);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var id = FailedFilters.Ids([parsed.GetValue(BatchId)!]);
        var limit = FailedBatches.LimitOf(parsed, Limit);
        await using var adapters = new Adapters(parsed.Settings());
        var index = await FailedBatches.OpenAsync(adapters, cancellationToken);
        await FailedBatches.RequireAsync(index, id, cancellationToken);
        var isDamaged = false;
        var documents = new List<object>();

        // The same batch, given up in two hours, lies there twice.
        await foreach (var listed in FailedBatches.ReadAsync(index, new FailedBatchFilter { Ids = id }, int.MaxValue, isNewestFirst: false, cancellationToken))
        {
            var shown = await ReadAsync(adapters, listed, cancellationToken);
            isDamaged |= shown.Damage is not null;
            if (parsed.GetValue(PipelineCommand.Json))
            {
                documents.Add(Document(shown, limit, parsed.GetValue(Records), parsed.GetValue(Content)));
            }
            else
            {
                Write(shown, limit, parsed.GetValue(Records), parsed.GetValue(Content));
            }
        }

        if (parsed.GetValue(PipelineCommand.Json))
        {
            JsonOutput.Write(documents);
        }

        return isDamaged ? ExitCode.Failed : ExitCode.Ok;
    }

    private static async Task<ShownBatch> ReadAsync(Adapters adapters, FailedBatchRow listed, CancellationToken cancellationToken)
    {
        var row = await adapters.FailedBatchSync.RefreshAsync(listed, cancellationToken);
        if (row.Manifest is null)
        {
            return new ShownBatch(row, row.Damage, [], []);
        }

        var attempts = new List<ReplayAttempt>();
        try
        {
            await foreach (var attempt in adapters.Failures.ReadAttemptsAsync(row.Manifest, cancellationToken))
            {
                attempts.Add(attempt);
            }

            return new ShownBatch(row, row.Damage, await adapters.Failures.ReadAsync(row.Manifest, cancellationToken), attempts);
        }
        catch (FailedBatchDamagedException damaged)
        {
            return new ShownBatch(row, damaged.Damage, [], attempts);
        }
    }

    private static object Document(ShownBatch shown, int limit, bool withCoordinates, bool withContent) => new
    {
        shown.Row.Folder,
        State = Words.Of(shown.Row.State),
        Damage = shown.Damage is null ? null : FailedDocuments.Of(shown.Damage),
        Manifest = shown.Row.Manifest is { } manifest ? FailedDocuments.Of(manifest) : null,
        Records = shown.Records.Take(limit).Select(record => FailedDocuments.Of(record, withCoordinates, withContent)),
        shown.Attempts,
    };

    private static void Write(ShownBatch shown, int limit, bool withCoordinates, bool withContent)
    {
        Console.WriteLine($"folder    {shown.Row.Folder}");
        Console.WriteLine($"state     {Words.Of(shown.Row.State)}");
        if (shown.Damage is { } damage)
        {
            Console.WriteLine($"damage    {Words.Of(damage.Defect)}: {damage.Detail}");
        }

        if (shown.Row.Manifest is { } manifest)
        {
            Console.WriteLine("manifest  " + JsonSerializer.Serialize(FailedDocuments.Of(manifest), JsonOutput.Options));
        }

        foreach (var attempt in shown.Attempts)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"replay {attempt.Number}  {attempt.FinishedAt:u}  job {attempt.JobId} by {attempt.Actor} ({attempt.Reason}): {attempt.Attempted} attempted, {attempt.Stored} stored, {attempt.Unchanged} unchanged, {attempt.Failed} failed {attempt.Error}"));
        }

        WriteRecords(shown.Records.Take(limit), withCoordinates, withContent);
        if (shown.Records.Count > limit)
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{limit} of {shown.Records.Count} records; --limit shows more"));
        }
    }

    private static void WriteRecords(IEnumerable<FailedRecord> records, bool withCoordinates, bool withContent)
    {
        var table = new Table().AddColumns("record", "reason", "table", "entity", "column", "value", "code", "detail");
        var at = 0;
        foreach (var record in records)
        {
            at++;
            foreach (var failure in record.Failures)
            {
                var cells = new[] { $"{at}", failure.Reason, failure.Table, failure.Entity, failure.Column, failure.ValueClass, $"{failure.Code}", failure.Detail };
                table.AddRow([.. cells.Select(Markup.Escape)]);
            }
        }

        if (at > 0)
        {
            AnsiConsole.Write(table);
        }

        at = 0;
        foreach (var record in withCoordinates || withContent ? records : [])
        {
            at++;
            Console.WriteLine($"record {at}  " + JsonSerializer.Serialize(FailedDocuments.Of(record, withCoordinates, withContent), JsonOutput.Compact));
        }
    }

    private sealed record ShownBatch(FailedBatchRow Row, FailedBatchDamage? Damage, IReadOnlyList<FailedRecord> Records, IReadOnlyList<ReplayAttempt> Attempts);
}
