using System.CommandLine;
using System.Globalization;
using Pipeline.Cli.Composition;
using Pipeline.Cli.Failed;
using Pipeline.Cli.Output;

namespace Pipeline.Cli.Commands;

/// <summary><c>pipeline failed rebuild-index</c>.</summary>
internal static class FailedRebuildCommand
{
    internal static Command Create() =>
        new Command("rebuild-index", "Make the index of failed batches anew from the objects; creates its tables when they are gone.").Runs(RunAsync);

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var adapters = new Adapters(parsed.Settings());
        await adapters.FailedBatches.EnsureAsync(cancellationToken);
        var report = await adapters.FailedBatchSync.RebuildAsync(FailedBatches.Progress("index"), cancellationToken);
        if (parsed.GetValue(PipelineCommand.Json))
        {
            JsonOutput.Write(new { report.Batches, report.Damaged, report.Removed });
        }
        else
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Batches} batches, {report.Damaged} damaged; {report.Removed} rows without objects removed"));
        }

        return ExitCode.Ok;
    }
}
