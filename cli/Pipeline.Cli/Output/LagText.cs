using System.Globalization;
using Pipeline.Buffer.Expiry;

namespace Pipeline.Cli.Output;

/// <summary>What a backlog is called on a terminal.</summary>
internal static class LagText
{
    /// <summary>The kind of a countdown, for scripts.</summary>
    internal static string KindOf(LossCountdown countdown) => countdown.Kind switch
    {
        LossCountdownKind.NothingUnread => "nothing_unread",
        LossCountdownKind.Never => "never",
        LossCountdownKind.Running => "running",
        _ => "unknown",
    };

    /// <summary>A countdown.</summary>
    internal static string Of(LossCountdown countdown) => countdown switch
    {
        { Kind: LossCountdownKind.NothingUnread } => "",
        { Kind: LossCountdownKind.Never } => "never: the log keeps what is unread",
        { Left: { } left } => left == TimeSpan.Zero ? "any moment" : left.ToString(@"d\.hh\:mm\:ss", CultureInfo.InvariantCulture),
        _ => $"unknown: {countdown.Reason}",
    };

    /// <summary>All partitions in one line.</summary>
    internal static string SummaryOf(IReadOnlyList<PartitionBacklog> backlogs)
    {
        var lag = backlogs.Sum(backlog => backlog.Position.Lag);
        var expired = backlogs.Sum(backlog => backlog.Position.ExpiredUnread);
        var oldest = backlogs.Max(backlog => backlog.Age);
        var behind = lag == 0
            ? "nothing unread"
            : string.Create(CultureInfo.InvariantCulture, $"{lag} records unread, the oldest for {oldest?.TotalSeconds ?? 0:0.0} s, {SafetyOf(backlogs)}");
        return expired == 0 ? behind : string.Create(CultureInfo.InvariantCulture, $"LOST: {expired} records expired unread; {behind}");
    }

    private static string SafetyOf(IReadOnlyList<PartitionBacklog> backlogs)
    {
        var unknown = backlogs.FirstOrDefault(backlog => backlog.Countdown.Kind == LossCountdownKind.Unknown);
        var soonest = backlogs.Where(backlog => backlog.Countdown.Left is not null).MinBy(backlog => backlog.Countdown.Left);
        return (unknown ?? soonest)?.Countdown is { } countdown
            ? countdown.Reason is null ? $"lost in {Of(countdown)} at the soonest" : $"lost in a time that is {Of(countdown)}"
            : "none of them expires";
    }
}
