using Pipeline.Buffer;
using Pipeline.Buffer.Reading;

namespace Pipeline.Testing.Logs;

/// <summary>A member of a group of the <see cref="InMemoryEventLog"/>, on the same queue as the real backends.</summary>
public sealed class InMemoryLogReader : IEventLogReader
{
    private readonly InMemoryEventLog _log;
    private readonly ReaderOptions _options;
    private readonly ReaderQueue _queue = new();
    private readonly Dictionary<int, (OwnedPartition Owner, long NextFetch)> _fetching = [];
    private readonly Dictionary<int, long> _releasingSince = [];
    private readonly Lock _lock = new();
    private TaskCompletionSource? _waiting;

    internal InMemoryLogReader(InMemoryEventLog log, ReaderOptions options)
    {
        _log = log;
        _options = options;
    }

    public IReadOnlyCollection<int> AssignedPartitions => _queue.Assigned;

    /// <summary>The group.</summary>
    public string Group => _options.Group;

    /// <summary>The member's name.</summary>
    public string MemberId => _options.MemberId;

    /// <summary>Whether the name is kept across restarts.</summary>
    public bool IsStaticMember => _options.IsStaticMember;

    /// <summary>The most bytes it ever had fetched ahead.</summary>
    public long MostQueuedBytes { get; private set; }

    /// <summary>Calls of <see cref="ReadAsync"/>.</summary>
    public long Reads { get; private set; }

    /// <summary>Whether its owner left the group for good.</summary>
    public bool IsDisposed { get; private set; }

    public async ValueTask<ReadResult> ReadAsync(int maxBytes, TimeSpan maxWait, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Reads++;
        var result = await TakeAsync(maxBytes);
        if (result.Records.Count > 0 || result.FlushRequested || maxWait == TimeSpan.Zero)
        {
            return result;
        }

        await WaitAsync(maxWait, cancellationToken);
        return await TakeAsync(maxBytes);
    }

    public async ValueTask<CommitOutcome> CommitAsync(IReadOnlyCollection<PartitionOffset> nextOffsets, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_log.RefusesCommits || _log.IsDown)
        {
            return CommitOutcome.Unavailable;
        }

        var confirmed = 0;
        foreach (var next in nextOffsets)
        {
            if (_queue.FindForCommit(next) is { } owner)
            {
                _log.Commit(Group, next);
                _queue.Committed(owner, next.Offset);
                confirmed++;
            }
        }

        _log.Rebalance();
        _log.Committed?.Invoke();

        // An answer takes a moment, in which a process may die.
        await Task.Yield();
        return confirmed == nextOffsets.Count ? CommitOutcome.Committed : CommitOutcome.Fenced;
    }

    public ValueTask DisposeAsync()
    {
        if (!IsDisposed)
        {
            IsDisposed = true;
            _log.Expire(this);
        }

        return ValueTask.CompletedTask;
    }

    internal bool Owns(int partition) => _queue.Find(partition) is not null;

    internal bool IsReleasing(int partition)
    {
        lock (_lock)
        {
            return _releasingSince.ContainsKey(partition);
        }
    }

    internal void Own(int partition, long fromOffset)
    {
        var owned = new OwnedPartition(partition);
        _queue.Own([owned]);
        lock (_lock)
        {
            _fetching[partition] = (owned, fromOffset);
            _releasingSince.Remove(partition);
        }

        Wake();
    }

    // True once the partition is free: nothing of it is in use, or the hand-over waited long enough.
    internal bool TryRelease(int partition)
    {
        if (_queue.Find(partition) is not { } owned)
        {
            return true;
        }

        var now = _log.Clock.GetTimestamp();
        bool isTooLate;
        lock (_lock)
        {
            _releasingSince.TryAdd(partition, now);
            _fetching.Remove(partition);
            isTooLate = _log.Clock.GetElapsedTime(_releasingSince[partition], now) >= _options.RevokeDrainTimeout;
        }

        _queue.BeginRelease([owned]);
        if (_queue.AnyInUse([owned]) && !isTooLate)
        {
            Wake();
            return false;
        }

        Drop(owned);
        return true;
    }

    internal void LoseAll()
    {
        foreach (var owned in _queue.Owned())
        {
            Drop(owned);
        }
    }

    internal void Wake()
    {
        TaskCompletionSource? waiting;
        lock (_lock)
        {
            (waiting, _waiting) = (_waiting, null);
        }

        waiting?.TrySetResult();
    }

    private void Drop(OwnedPartition owned)
    {
        _queue.Drop([owned]);
        lock (_lock)
        {
            _fetching.Remove(owned.Partition);
            _releasingSince.Remove(owned.Partition);
        }
    }

    private async ValueTask<ReadResult> TakeAsync(int maxBytes)
    {
        if (_log.IsDown)
        {
            throw new EventLogUnavailableException("the log is down");
        }

        _log.Rebalance();
        Fetch();
        var result = await _queue.TakeAsync(maxBytes, TimeSpan.Zero, CancellationToken.None);
        if (result.Records.Count > 0)
        {
            _log.Delivered?.Invoke();
            await Task.Yield();
        }

        return result;
    }

    private void Fetch()
    {
        lock (_lock)
        {
            foreach (var (partition, fetching) in _fetching.ToArray())
            {
                var next = fetching.NextFetch;
                while (_queue.QueuedBytes < _options.MaxBufferedBytes && _log.Read(partition, next) is { } record)
                {
                    _queue.Add(fetching.Owner, [record]);
                    next++;
                }

                _fetching[partition] = (fetching.Owner, next);
            }

            MostQueuedBytes = Math.Max(MostQueuedBytes, _queue.QueuedBytes);
        }
    }

    // Completes its waiter where it is signalled, so that a simulated process stays on its thread.
    private async Task WaitAsync(TimeSpan maxWait, CancellationToken cancellationToken)
    {
        var waiting = new TaskCompletionSource();
        lock (_lock)
        {
            _waiting = waiting;
        }

        await using var timer = _log.Clock.CreateTimer(static state => ((TaskCompletionSource)state!).TrySetResult(), waiting, maxWait, Timeout.InfiniteTimeSpan);
        await using var cancelled = cancellationToken.Register(() => waiting.TrySetCanceled(cancellationToken));
        await waiting.Task;
    }
}
