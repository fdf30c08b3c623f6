using System.CommandLine;
using System.Globalization;
using Pipeline.Cli.Composition;
using Pipeline.Cli.Output;
using Pipeline.Cli.Replays;
using Pipeline.Storage.Replays;

namespace Pipeline.Cli.Commands;

/// <summary><c>pipeline replay run</c> and <c>resume</c>.</summary>
internal static class ReplayRunCommand
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(5);

    internal static Command Create(string name, string description)
    {
        var job = new Argument<string>("JOB") { Description = "Id of the job, as `plan` printed it." };
        var yes = new Option<bool>("--yes") { Description = "Do not ask." };
        var command = new Command(name, description);
        command.Arguments.Add(job);
        command.Options.Add(yes);
        return command.Runs((parsed, cancellationToken) => RunAsync(parsed, ReplayJobs.IdOf(parsed.GetValue(job)!), parsed.GetValue(yes), cancellationToken));
    }

    private static async Task<int> RunAsync(ParseResult parsed, Guid id, bool isConfirmed, CancellationToken cancellationToken)
    {
        var settings = parsed.Settings();
        await using var adapters = new Adapters(settings);
        var job = await ReplayJobs.FindAsync(adapters.ReplayJobs, id, cancellationToken);
        if (!isConfirmed && !await IsConfirmedAsync(job, cancellationToken))
        {
            await Console.Error.WriteLineAsync("nothing was replayed");
            return ExitCode.Failed;
        }

        var started = TimeProvider.System.GetTimestamp();
        var end = await adapters.ReplayRunner.RunAsync(id, settings.Actor, Progress(job.PiecesDone, started), cancellationToken)
            ?? throw new CliException($"another process runs job {id}; see `pipeline replay status {id}`");
        var failed = await adapters.ReplayJobs.FailedPiecesAsync(id, 20, cancellationToken);
        if (parsed.GetValue(PipelineCommand.Json))
        {
            JsonOutput.Write(ReplayDocuments.Of(end, failed));
        }
        else
        {
            ReplayText.Write(end, failed);
        }

        return end.State == ReplayJobState.Finished ? ExitCode.Ok : ExitCode.Failed;
    }

    private static async Task<bool> IsConfirmedAsync(ReplayJob job, CancellationToken cancellationToken)
    {
        if (Console.IsInputRedirected)
        {
            throw new CliException("there is no terminal to ask at: give --yes") { ExitCode = ExitCode.Usage };
        }

        await Console.Error.WriteAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"Replay {job.Pieces - job.PiecesDone} of {job.Pieces} pieces, {job.Forecast.Sum(project => project.Events)} events planned, at most {job.Limits.RecordsPerSecond:0.#} records/s? [y/N] "));
        return (await Console.In.ReadLineAsync(cancellationToken))?.Trim() is "y" or "Y" or "yes";
    }

    private static Action<ReplayJob> Progress(int doneBefore, long started)
    {
        long? told = null;
        return job =>
        {
            if (told is { } last && TimeProvider.System.GetElapsedTime(last) < ProgressInterval && job.PiecesDone < job.Pieces)
            {
                return;
            }

            told = TimeProvider.System.GetTimestamp();
            var done = job.PiecesDone - doneBefore;
            var left = done > 0 ? $", about {(TimeProvider.System.GetElapsedTime(started) / done * (job.Pieces - job.PiecesDone)).TotalSeconds:0} s left" : "";
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"replay: {job.PiecesDone} of {job.Pieces} pieces, {job.Done.Attempted} events, up to {job.Rate:0.#} records/s{left}{(job.Note.Length > 0 ? $"; {job.Note}" : "")}"));
        };
    }
}
