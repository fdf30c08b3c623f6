namespace Pipeline.Buffer.Expiry;

/// <summary>Decides how long the unread records of a partition are safe.</summary>
internal static class LossCountdownRule
{
    /// <summary>The countdown of one partition.</summary>
    /// <param name="position">Where the group stands.</param>
    /// <param name="oldestUnreadAt">When the oldest unread record was appended; null when that could not be read.</param>
    /// <param name="lifetime">How long the log keeps what nobody read.</param>
    /// <param name="now">Now.</param>
    internal static LossCountdown Of(PartitionPosition position, DateTimeOffset? oldestUnreadAt, RecordLifetime lifetime, DateTimeOffset now) => (position.Lag, lifetime, oldestUnreadAt) switch
    {
        (0, _, _) => new LossCountdown(LossCountdownKind.NothingUnread, null, null, null),
        (_, { WhyUnknown: { } why }, _) => new LossCountdown(LossCountdownKind.Unknown, null, null, why),
        (_, { AtLeast: null }, _) => new LossCountdown(LossCountdownKind.Never, null, null, null),
        (_, { AtLeast: { } atLeast }, { } oldest) => new LossCountdown(LossCountdownKind.Running, Left(atLeast - (now - oldest)), atLeast, null),
        _ => new LossCountdown(LossCountdownKind.Unknown, null, null, "the log did not send the oldest unread record in time"),
    };

    private static TimeSpan Left(TimeSpan left) => left > TimeSpan.Zero ? left : TimeSpan.Zero;
}
