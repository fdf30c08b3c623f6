using Microsoft.Extensions.Logging;

namespace Pipeline.ServiceDefaults;

/// <summary>Log messages of this project: 3000-3099.</summary>
internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Information, "standard input closed: the parent process left, stopping")]
    internal static partial void ParentLeft(ILogger log);

    [LoggerMessage(3001, LogLevel.Error, "shutdown did not finish within {Seconds} s, ending the process; what was acknowledged is safe")]
    internal static partial void ShutdownTimedOut(ILogger log, double seconds);
}
