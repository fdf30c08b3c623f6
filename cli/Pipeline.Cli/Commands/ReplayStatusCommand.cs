using System.CommandLine;
using Pipeline.Cli.Composition;
using Pipeline.Cli.Output;
using Pipeline.Cli.Replays;

namespace Pipeline.Cli.Commands;

/// <summary><c>pipeline replay status</c>.</summary>
internal static class ReplayStatusCommand
{
    private const int ShownJobs = 20;
    private const int ShownPieces = 20;

    private static readonly Argument<string?> Job = new("JOB") { Description = "Id of a job; the latest jobs by default.", Arity = ArgumentArity.ZeroOrOne };

    internal static Command Create()
    {
        var command = new Command("status", "Say how far replays are, how fast they go and why not faster, and what failed.");
        command.Arguments.Add(Job);
        return command.Runs(RunAsync);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var adapters = new Adapters(parsed.Settings());
        var isJson = parsed.GetValue(PipelineCommand.Json);
        if (parsed.GetValue(Job) is not { } text)
        {
            var jobs = await adapters.ReplayJobs.ListAsync(ShownJobs, cancellationToken);
            if (isJson)
            {
                JsonOutput.Write(jobs.Select(job => ReplayDocuments.Of(job, [])));
            }
            else
            {
                ReplayText.Write(jobs);
            }

            return ExitCode.Ok;
        }

        var one = await ReplayJobs.FindAsync(adapters.ReplayJobs, ReplayJobs.IdOf(text), cancellationToken);
        var failed = await adapters.ReplayJobs.FailedPiecesAsync(one.Id, ShownPieces, cancellationToken);
        if (isJson)
        {
            JsonOutput.Write(ReplayDocuments.Of(one, failed));
        }
        else
        {
            ReplayText.Write(one, failed);
        }

        return ExitCode.Ok;
    }
}
