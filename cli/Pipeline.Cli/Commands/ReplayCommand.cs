using System.CommandLine;

namespace Pipeline.Cli.Commands;

/// <summary><c>pipeline replay plan|run|status|pause|resume|cancel</c>.</summary>
internal static class ReplayCommand
{
    internal static Command Create()
    {
        var command = new Command(
            "replay",
            """
            Drive records that could not be stored back into the store, through a lane of their own that yields to live traffic.

            `plan` compares with the store and writes nothing but the job; `run` replays it, proves it, and can be stopped, killed and run again at
            any moment: replaying twice stores once.
            """);
        command.Subcommands.Add(ReplayPlanCommand.Create());
        command.Subcommands.Add(ReplayRunCommand.Create("run", "Replay a planned job, or one whose process ended before it was done."));
        command.Subcommands.Add(ReplayStatusCommand.Create());
        command.Subcommands.Add(ReplaySteerCommand.Create("pause", "Pause a job; the pieces in flight are done anew when it is resumed.", Storage.Replays.ReplayJobState.Paused));
        command.Subcommands.Add(ReplayRunCommand.Create("resume", "Go on with a paused job."));
        command.Subcommands.Add(ReplaySteerCommand.Create("cancel", "End a job for good; what was replayed stays.", Storage.Replays.ReplayJobState.Cancelled));
        return command;
    }
}
