namespace Pipeline.Buffer.Expiry;

/// <summary>What one group has not read of one partition, and how long that is safe.</summary>
/// <param name="Position">Where the group stands.</param>
/// <param name="OldestUnreadAt">When the oldest unread record was appended; null when nothing is unread or it could not be read.</param>
/// <param name="Age">How long ago that was, zero when nothing is unread; null when it could not be read.</param>
/// <param name="Countdown">Until it may be deleted.</param>
public sealed record PartitionBacklog(PartitionPosition Position, DateTimeOffset? OldestUnreadAt, TimeSpan? Age, LossCountdown Countdown);
