using System.CommandLine;

namespace Pipeline.Cli.Commands;

/// <summary><c>pipeline failed list|show|stats|verify|purge|rebuild-index</c>.</summary>
internal static class FailedCommand
{
    internal static Command Create()
    {
        var command = new Command(
            "failed",
            """
            Look at the batches of records that could not be stored and were put aside (OBJECT_STORE), and purge those that were replayed.

            Times are in UTC unless they have a zone. No command prints what events say, but `show --content`.
            """);
        command.Subcommands.Add(FailedListCommand.Create());
        command.Subcommands.Add(FailedShowCommand.Create());
        command.Subcommands.Add(FailedStatsCommand.Create());
        command.Subcommands.Add(FailedVerifyCommand.Create());
        command.Subcommands.Add(FailedPurgeCommand.Create());
        command.Subcommands.Add(FailedRebuildCommand.Create());
        return command;
    }
}
