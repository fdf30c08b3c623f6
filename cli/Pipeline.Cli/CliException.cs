namespace Pipeline.Cli;

/// <summary>A failure whose message is written for the person at the terminal; no stack trace is shown.</summary>
internal sealed class CliException : Exception
{
    public CliException()
    {
    }

    public CliException(string message)
        : base(message)
    {
    }

    public CliException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The exit code to end with.</summary>
    public int ExitCode { get; init; } = Cli.ExitCode.Failed;
}
