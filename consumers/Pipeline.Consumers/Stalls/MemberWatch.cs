using Pipeline.Buffer;

namespace Pipeline.Consumers.Stalls;

/// <summary>What one member moves, and what it waits for.</summary>
/// <remarks>
/// Thread-safe. Time in which the member waits for another system is not held against its partitions: a restart never brings a store back.
/// Each wait counts up to a limit of its own, so that one that nobody ends is a hang after all.
/// </remarks>
internal sealed class MemberWatch(string memberId, TimeProvider clock)
{
    // Guards everything below; taken a few times per read and per batch.
    private readonly Lock _lock = new();
    private readonly Dictionary<int, (DateTimeOffset At, TimeSpan Waited)> _moved = [];
    private readonly Dictionary<int, long> _committed = [];
    private readonly Dictionary<int, PartitionPosition> _seen = [];
    private IEventLogReader? _reader;
    private string _doing = "joining the group";
    private TimeSpan _waited;
    private (long Since, TimeSpan AtMost)? _wait;

    /// <summary>Reads through this reader from now on: its partitions are the member's.</summary>
    internal IEventLogReader Watch(IEventLogReader reader)
    {
        lock (_lock)
        {
            _reader = reader;
            _moved.Clear();
            _committed.Clear();
            _seen.Clear();
        }

        return new WatchedReader(reader, this);
    }

    /// <summary>The member left; it owns nothing.</summary>
    internal void Left()
    {
        lock (_lock)
        {
            _reader = null;
        }
    }

    /// <summary>The member begins something.</summary>
    internal void Does(string what)
    {
        lock (_lock)
        {
            _doing = what;
        }
    }

    /// <summary>The member waits for another system, or for its next attempt there; a wait before it ends.</summary>
    internal void Waits(string what, TimeSpan atMost)
    {
        lock (_lock)
        {
            EndWait();
            (_doing, _wait) = (what, (clock.GetTimestamp(), atMost));
        }
    }

    /// <summary>The other system answered.</summary>
    internal void WaitEnded(string then)
    {
        lock (_lock)
        {
            EndWait();
            _doing = then;
        }
    }

    /// <summary>Something of a partition was read or committed; what is stored is committed next.</summary>
    internal void Moved(int partition)
    {
        lock (_lock)
        {
            _moved[partition] = (clock.GetUtcNow(), Waited());
        }
    }

    /// <summary>An offset was committed.</summary>
    internal void Committed(PartitionOffset next)
    {
        lock (_lock)
        {
            _committed[next.Partition] = next.Offset;
        }

        Moved(next.Partition);
    }

    /// <summary>A look at the positions: what is new here or has nothing unread begins to count now.</summary>
    internal void Looked(IReadOnlyList<PartitionPosition> positions)
    {
        var owned = Owned();
        lock (_lock)
        {
            foreach (var position in positions)
            {
                if (!owned.Contains(position.Partition))
                {
                    _moved.Remove(position.Partition);
                    _committed.Remove(position.Partition);
                    _seen.Remove(position.Partition);
                    continue;
                }

                // What was caught up until now cannot have stood still before, however long ago the last look was.
                if (LagOf(position) <= 0 || !_moved.ContainsKey(position.Partition) || (_seen.TryGetValue(position.Partition, out var seen) && LagOf(seen) <= 0))
                {
                    _moved[position.Partition] = (clock.GetUtcNow(), Waited());
                }

                _seen[position.Partition] = position;
            }
        }
    }

    /// <summary>Owned partitions that are behind and stand still.</summary>
    /// <param name="positions">As last looked at.</param>
    /// <param name="stuckAfter">How long standing still is normal.</param>
    /// <param name="notBefore">What stood still before that does not count.</param>
    internal List<StuckPartition> FindStuck(IReadOnlyList<PartitionPosition> positions, TimeSpan stuckAfter, DateTimeOffset notBefore)
    {
        var owned = Owned();
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            var stuck = new List<StuckPartition>();
            foreach (var position in positions)
            {
                var lag = LagOf(position);
                if (lag > 0 && owned.Contains(position.Partition) && _moved.TryGetValue(position.Partition, out var moved)
                    && now - moved.At - (Waited() - moved.Waited) > stuckAfter && now - notBefore > stuckAfter)
                {
                    stuck.Add(new StuckPartition(position.Partition, memberId, lag, moved.At, _doing));
                }
            }

            return stuck;
        }
    }

    private IReadOnlyCollection<int> Owned()
    {
        // Asked outside of the lock: a reader has one of its own.
        IEventLogReader? reader;
        lock (_lock)
        {
            reader = _reader;
        }

        return reader?.AssignedPartitions ?? [];
    }

    // A look at the positions is old when the next is due; what was committed since is known here.
    private long LagOf(PartitionPosition position) => position.EndOffset - Math.Max(position.NextOffset, _committed.GetValueOrDefault(position.Partition));

    private void EndWait()
    {
        _waited = Waited();
        _wait = null;
    }

    private TimeSpan Waited()
    {
        if (_wait is not { } wait)
        {
            return _waited;
        }

        var elapsed = clock.GetElapsedTime(wait.Since);
        return _waited + (elapsed < wait.AtMost ? elapsed : wait.AtMost);
    }
}
