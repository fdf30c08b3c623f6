using Confluent.Kafka;

namespace Pipeline.Buffer.Kafka;

/// <summary>Sets partitions going again whose next offset the log does not hold, or does not know.</summary>
/// <remarks>
/// The client is told to stop there (<c>auto.offset.reset=error</c>) instead of choosing by itself: where reading goes on, and what that
/// costs, is then known and said. It is always the oldest record held, never the end. Used by the polling thread alone.
/// </remarks>
internal sealed class OffsetMender(IConsumer<byte[], byte[]> consumer, string topic, TimeProvider clock, Action<OffsetJump> report)
{
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly Dictionary<int, long> _next = [];
    private readonly HashSet<int> _stopped = [];

    // Taken away and not given back yet: the client refuses to take away what it does not have.
    private readonly HashSet<int> _taken = [];
    private long? _failedAt;

    /// <summary>A record was fetched.</summary>
    internal void Fetched(int partition, long offset) => _next[partition] = offset + 1;

    /// <summary>The client stopped fetching a partition because it has no offset that the log holds.</summary>
    internal void Stopped(int partition) => _stopped.Add(partition);

    /// <summary>Partitions come or go: what was fetched of them earlier says nothing about where they are read now.</summary>
    internal void Forget(IEnumerable<int> partitions)
    {
        foreach (var partition in partitions)
        {
            _next.Remove(partition);
            _stopped.Remove(partition);
            _taken.Remove(partition);
        }
    }

    /// <summary>Sets going what is stopped; what the brokers do not answer now is tried again after a pause.</summary>
    /// <returns>Whether something was set going, which is not paused then.</returns>
    internal bool Mend()
    {
        if (_stopped.Count == 0 || (_failedAt is { } failedAt && clock.GetElapsedTime(failedAt) < RetryPause))
        {
            return false;
        }

        try
        {
            _failedAt = null;
            foreach (var partition in _stopped.ToList())
            {
                Mend(partition);
                _stopped.Remove(partition);
            }

            return true;
        }
        catch (KafkaException)
        {
            // The brokers are away, or the partition is: its revocation follows. The client's error handler tells of it.
            _failedAt = clock.GetTimestamp();
            return true;
        }
    }

    private void Mend(int partition)
    {
        var place = new TopicPartition(topic, partition);
        var wanted = _next.TryGetValue(partition, out var next) ? next : CommittedOffset(place);
        var marks = consumer.QueryWatermarkOffsets(place, AskTimeout);
        var position = new PartitionPosition(partition, marks.Low.Value, marks.High.Value, wanted);

        // Not a seek: the client refuses it for a partition that it never began to fetch.
        if (!_taken.Contains(partition))
        {
            consumer.IncrementalUnassign([place]);
            _taken.Add(partition);
        }

        consumer.IncrementalAssign([new TopicPartitionOffset(place, position.NextOffset)]);
        _taken.Remove(partition);
        _next[partition] = position.NextOffset;
        var jump = new OffsetJump(partition, wanted, position.NextOffset, position.EndOffset);
        if (position.NextOffset != wanted && (jump.Lost > 0 || jump.IsBack))
        {
            report(jump);
        }
    }

    private long? CommittedOffset(TopicPartition place)
    {
        var committed = consumer.Committed([place], AskTimeout)[0].Offset;
        return committed == Offset.Unset ? null : committed.Value;
    }
}
