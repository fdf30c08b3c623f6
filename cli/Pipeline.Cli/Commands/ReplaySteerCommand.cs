using System.CommandLine;
using Pipeline.Cli.Composition;
using Pipeline.Cli.Output;
using Pipeline.Cli.Replays;
using Pipeline.Storage.Replays;

namespace Pipeline.Cli.Commands;

/// <summary><c>pipeline replay pause</c> and <c>cancel</c>: the process that runs the job sees it within a second.</summary>
internal static class ReplaySteerCommand
{
    internal static Command Create(string name, string description, ReplayJobState to)
    {
        var id = new Argument<string>("JOB") { Description = "Id of the job." };
        var reason = new Option<string>("--reason") { Description = "Why; kept in the audit log.", DefaultValueFactory = _ => "" };
        var command = new Command(name, description);
        command.Arguments.Add(id);
        command.Options.Add(reason);
        return command.Runs((parsed, cancellationToken) => RunAsync(parsed, ReplayJobs.IdOf(parsed.GetValue(id)!), to, parsed.GetValue(reason)!, cancellationToken));
    }

    private static async Task<int> RunAsync(ParseResult parsed, Guid id, ReplayJobState to, string reason, CancellationToken cancellationToken)
    {
        var settings = parsed.Settings();
        await using var adapters = new Adapters(settings);
        var job = await ReplayJobs.FindAsync(adapters.ReplayJobs, id, cancellationToken);
        IReadOnlyList<ReplayJobState> from = to == ReplayJobState.Cancelled
            ? [ReplayJobState.Planned, ReplayJobState.Running, ReplayJobState.Paused]
            : [ReplayJobState.Planned, ReplayJobState.Running];
        if (!await adapters.ReplayJobs.ChangeStateAsync(id, from, to, settings.Actor, reason, cancellationToken))
        {
            throw new CliException($"job {id} is {Storage.Postgres.Words.Of(job.State)}: there is nothing to {(to == ReplayJobState.Cancelled ? "cancel" : "pause")}");
        }

        var changed = await ReplayJobs.FindAsync(adapters.ReplayJobs, id, cancellationToken);
        if (parsed.GetValue(PipelineCommand.Json))
        {
            JsonOutput.Write(ReplayDocuments.Of(changed, []));
        }
        else
        {
            Console.WriteLine($"{id} is {Storage.Postgres.Words.Of(changed.State)}");
        }

        return ExitCode.Ok;
    }
}
