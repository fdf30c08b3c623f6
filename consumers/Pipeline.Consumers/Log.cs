using Microsoft.Extensions.Logging;
using Pipeline.Storage;

namespace Pipeline.Consumers;

/// <summary>Log messages of the consumers: 2000-2999. None is written per record.</summary>
internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Information, "joined group {Group} of {Topic} as {Member}")]
    internal static partial void GroupJoined(ILogger log, string group, string member, string topic);

    [LoggerMessage(2001, LogLevel.Warning, "log {Topic} cannot be read: {Reason}; trying again")]
    internal static partial void LogNotReadable(ILogger log, string topic, string reason);

    [LoggerMessage(2002, LogLevel.Warning, "store does not take a batch ({Outcome}, code {Code}): {Reason}; nothing is lost, next attempt in at most {Seconds} s")]
    internal static partial void StoreUnavailable(ILogger log, InsertOutcome outcome, int code, string reason, double seconds);

    [LoggerMessage(2003, LogLevel.Error, "store refuses a batch (code {Code}): {Reason}; its partitions wait until schema, grants or data are mended")]
    internal static partial void BatchRefused(ILogger log, int code, string reason);

    [LoggerMessage(2004, LogLevel.Information, "store takes batches again")]
    internal static partial void StoreRecovered(ILogger log);

    [LoggerMessage(2005, LogLevel.Information, "partitions moved to another member before {Records} records were committed; they are read again there")]
    internal static partial void CommitFenced(ILogger log, int records);

    [LoggerMessage(2006, LogLevel.Warning, "log did not confirm the commit of {Records} records; the next commit replaces it")]
    internal static partial void CommitNotConfirmed(ILogger log, int records);

    [LoggerMessage(2007, LogLevel.Information, "writer serves health and metrics on {Address}")]
    internal static partial void HealthServed(ILogger log, Uri address);
}
