namespace Pipeline.Buffer.Expiry;

/// <summary>Finds out how long the unread records of a group are safe in a log.</summary>
/// <remarks>Asks the log only about partitions with something unread; a log that cannot tell gives unknown countdowns.</remarks>
public static class BacklogReader
{
    /// <summary>The backlog of every partition, in their order.</summary>
    /// <exception cref="EventLogUnavailableException">The log does not answer.</exception>
    public static async ValueTask<IReadOnlyList<PartitionBacklog>> ReadAsync(
        IEventLog log,
        IReadOnlyList<PartitionPosition> positions,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var unread = positions.Where(position => position.Lag > 0).Select(position => new PartitionOffset(position.Partition, position.NextOffset)).ToList();
        var lifetime = RecordLifetime.Unknown("this log does not tell when it deletes records");
        IReadOnlyDictionary<int, DateTimeOffset> oldest = new Dictionary<int, DateTimeOffset>();
        if (unread.Count > 0 && log is IEventLogExpiry expiry)
        {
            lifetime = await expiry.ReadLifetimeAsync(cancellationToken);
            oldest = await expiry.ReadAppendTimesAsync(unread, cancellationToken);
        }

        var now = clock.GetUtcNow();
        return [.. positions.Select(position => Of(position, oldest.TryGetValue(position.Partition, out var at) ? at : null, lifetime, now))];
    }

    // The clocks of broker and reader may differ: an age below zero is none.
    private static PartitionBacklog Of(PartitionPosition position, DateTimeOffset? oldest, RecordLifetime lifetime, DateTimeOffset now)
    {
        TimeSpan? age = position.Lag == 0 ? TimeSpan.Zero : oldest is not { } at ? null : now > at ? now - at : TimeSpan.Zero;
        return new PartitionBacklog(position, oldest, age, LossCountdownRule.Of(position, oldest, lifetime, now));
    }
}
