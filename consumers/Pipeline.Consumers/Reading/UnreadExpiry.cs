using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Pipeline.Buffer;
using Pipeline.Buffer.Expiry;

namespace Pipeline.Consumers.Reading;

/// <summary>How long the group's unread records are safe in the log, and how many it lost: for metrics, and said once per change.</summary>
/// <remarks>Thread-safe. A loss is seen twice, by the look at the positions and by the reader that jumps over it, and counted once.</remarks>
internal sealed class UnreadExpiry(WriterOptions options, ILogger<UnreadExpiry> logger)
{
    // Guards everything below; taken once per look and per jump.
    private readonly Lock _lock = new();
    private readonly Dictionary<int, long> _lostUpTo = [];
    private readonly SortedDictionary<int, long> _expired = [];
    private readonly HashSet<int> _low = [];
    private PartitionBacklog[] _backlogs = [];

    /// <summary>Partitions whose unread records expire, with the time left.</summary>
    internal IReadOnlyList<(int Partition, TimeSpan Left)> Countdowns
    {
        get
        {
            lock (_lock)
            {
                return [.. _backlogs.Where(backlog => backlog.Countdown.Left is not null).Select(backlog => (backlog.Position.Partition, backlog.Countdown.Left!.Value))];
            }
        }
    }

    /// <summary>Records that expired unread since the start, by partition; every partition that was ever looked at.</summary>
    internal IReadOnlyList<(int Partition, long Records)> Expired
    {
        get
        {
            lock (_lock)
            {
                return [.. _expired.Select(entry => (entry.Key, entry.Value))];
            }
        }
    }

    /// <summary>Takes a look at every partition.</summary>
    internal void Looked(IReadOnlyList<PartitionBacklog> backlogs)
    {
        lock (_lock)
        {
            _backlogs = [.. backlogs];
            foreach (var (position, _, _, countdown) in backlogs)
            {
                _expired.TryAdd(position.Partition, 0);
                if (position.ExpiredUnread > 0)
                {
                    Lose(position.Partition, position.CommittedOffset ?? 0, position.FirstOffset);
                }

                WarnOnce(position.Partition, countdown);
            }
        }
    }

    /// <summary>A reader could not go on where the group stood.</summary>
    internal void Jumped(string member, OffsetJump jump)
    {
        if (jump.IsBack)
        {
            Log.LogMadeAnew(logger, member, jump.FromOffset ?? 0, jump.Partition, jump.EndOffset, jump.ToOffset);
            lock (_lock)
            {
                _lostUpTo.Remove(jump.Partition);
            }
        }
        else
        {
            lock (_lock)
            {
                Lose(jump.Partition, jump.FromOffset ?? 0, jump.ToOffset);
            }
        }
    }

    private void Lose(int partition, long fromOffset, long toOffset)
    {
        ref var lostUpTo = ref CollectionsMarshal.GetValueRefOrAddDefault(_lostUpTo, partition, out _);
        var from = Math.Max(fromOffset, lostUpTo);
        if (toOffset > from)
        {
            lostUpTo = toOffset;
            _expired[partition] = _expired.GetValueOrDefault(partition) + toOffset - from;
            Log.RecordsExpiredUnread(logger, toOffset - from, partition, options.Group, from, toOffset);
        }
    }

    private void WarnOnce(int partition, LossCountdown countdown)
    {
        if (countdown.IsLow ? _low.Add(partition) : _low.Remove(partition))
        {
            if (countdown is { IsLow: true, Left: { } left, Lifetime: { } lifetime })
            {
                Log.LossIsNear(logger, partition, left, options.Group, lifetime);
            }
            else
            {
                Log.LossIsFar(logger, partition, options.Group);
            }
        }
    }
}
