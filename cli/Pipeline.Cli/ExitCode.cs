namespace Pipeline.Cli;

/// <summary>Exit codes of every command; scripts rely on them, so a number never changes its meaning.</summary>
internal static class ExitCode
{
    /// <summary>Done, and what was asked for holds.</summary>
    internal const int Ok = 0;

    /// <summary>The command failed; the reason is on stderr.</summary>
    internal const int Failed = 1;

    /// <summary>The command line or the configuration is wrong. System.CommandLine's own parse errors exit with 1 unless mapped.</summary>
    internal const int Usage = 2;

    /// <summary>Something acknowledged is neither stored nor in flight: the ledger does not add up, or records expired unread.</summary>
    internal const int Gap = 3;

    /// <summary>The id asked for is nowhere.</summary>
    internal const int NotFound = 4;

    /// <summary>A store or the log cannot be reached.</summary>
    internal const int Unavailable = 5;
}
