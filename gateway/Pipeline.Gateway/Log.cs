using Microsoft.Extensions.Logging;

namespace Pipeline.Gateway;

/// <summary>Log messages of the gateway: 1000-1999. None is written per event, and none names a body, a header or a secret; 1010 alone repeats what a client sent to be logged.</summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Information, "gateway listens on {Address}")]
    internal static partial void GatewayStarted(ILogger log, Uri address);

    [LoggerMessage(1001, LogLevel.Information, "log {Topic} is open with {Partitions} partitions")]
    internal static partial void LogOpened(ILogger log, string topic, int partitions);

    [LoggerMessage(1002, LogLevel.Warning, "log {Topic} cannot be opened: {Reason}; next attempt in at most {Seconds} s")]
    internal static partial void LogNotOpened(ILogger log, string topic, string reason, double seconds);

    [LoggerMessage(1003, LogLevel.Warning, "appends fail: {Failed} records not confirmed in the last {Seconds} s, the last one because: {Reason}; clients are told to retry")]
    internal static partial void AppendsFailing(ILogger log, long failed, double seconds, string reason);

    [LoggerMessage(1004, LogLevel.Error, "{Accounts} totals of acknowledged events could not be reported before the end; the ledger will show this gateway's last minute as unreported")]
    internal static partial void LastAccountsNotReported(ILogger log, int accounts);

    [LoggerMessage(1005, LogLevel.Error, "request {RequestId} failed by a fault of the gateway")]
    internal static partial void RequestFaulted(ILogger log, string requestId, Exception fault);

    [LoggerMessage(1006, LogLevel.Warning, "key store does not answer: {Reason}; known keys are served for {Limit} at most")]
    internal static partial void KeyStoreUnavailable(ILogger log, string reason, TimeSpan limit);

    [LoggerMessage(1007, LogLevel.Error, "nothing is appended until this is mended: {Reason}; next check in at most {Seconds} s")]
    internal static partial void TopicNotFit(ILogger log, string reason, double seconds);

    [LoggerMessage(1008, LogLevel.Warning, "{Risk}")]
    internal static partial void TopicRisk(ILogger log, string risk);

    [LoggerMessage(1010, LogLevel.Information, "request {RequestId} of project {ProjectId} holds {Count} messages of its client library, the first: {Text}")]
    internal static partial void SdkLogReceived(ILogger log, string requestId, string projectId, int count, string text);
}
