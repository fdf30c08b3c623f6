namespace Pipeline.Buffer.Postgres;

/// <summary>One member of a consumer group over the Postgres log: a loop that beats, fetches ahead and hands over.</summary>
/// <remarks>
/// A member id that is used again (a restarted process under the same name) takes its partitions back at once, under a new epoch.
/// While Postgres is away the loop keeps trying; what was delivered stays valid, and a commit says Unavailable until it is back.
/// </remarks>
internal sealed class PostgresLogReader : IEventLogReader
{
    private const long FetchBytes = 4 * 1024 * 1024;

    private readonly LeaseTable _table;
    private readonly ReaderOptions _options;
    private readonly PostgresLogOptions _log;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _arrived = new(0, 1);
    private readonly Task _loop;

    // Guards everything below; held for a few instructions, never across an await.
    private readonly Lock _lock = new();
    private readonly Dictionary<int, PartitionLease> _leases = [];
    private readonly Queue<BufferedRecord> _queue = [];
    private long _queuedBytes;

    internal PostgresLogReader(LeaseTable table, ReaderOptions options, PostgresLogOptions log, TimeProvider clock)
    {
        _table = table;
        _options = options;
        _log = log;
        _clock = clock;
        _loop = Task.Run(RunAsync);
    }

    public IReadOnlyCollection<int> AssignedPartitions
    {
        get
        {
            lock (_lock)
            {
                return [.. _leases.Values.Where(lease => !lease.IsReleasing).Select(lease => lease.Partition)];
            }
        }
    }

    public async ValueTask<ReadResult> ReadAsync(int maxBytes, TimeSpan maxWait, CancellationToken cancellationToken)
    {
        var result = Take(maxBytes);
        if (result.Records.Count > 0 || result.FlushRequested)
        {
            return result;
        }

        await _arrived.WaitAsync(maxWait, cancellationToken);
        return Take(maxBytes);
    }

    public async ValueTask<CommitOutcome> CommitAsync(IReadOnlyCollection<PartitionOffset> nextOffsets, CancellationToken cancellationToken)
    {
        var leases = new List<PartitionLease>();
        var offsets = new List<long>();
        lock (_lock)
        {
            foreach (var next in nextOffsets)
            {
                if (_leases.TryGetValue(next.Partition, out var lease))
                {
                    leases.Add(lease);
                    offsets.Add(next.Offset);
                }
            }
        }

        HashSet<int> committed;
        try
        {
            committed = leases.Count == 0 ? [] : await _table.CommitAsync(leases, [.. offsets], cancellationToken);
        }
        catch (Exception fault) when (PostgresFault.IsUnavailable(fault))
        {
            return CommitOutcome.Unavailable;
        }

        lock (_lock)
        {
            for (var i = 0; i < leases.Count; i++)
            {
                if (committed.Contains(leases[i].Partition))
                {
                    leases[i].CommittedPosition = Math.Max(leases[i].CommittedPosition, offsets[i]);
                }
            }
        }

        return committed.Count == nextOffsets.Count ? CommitOutcome.Committed : CommitOutcome.Fenced;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        try
        {
            using var deadline = new CancellationTokenSource(_log.LeaseDuration);
            await _table.LeaveAsync(deadline.Token);
        }
        catch (Exception fault) when (PostgresFault.IsUnavailable(fault) || fault is OperationCanceledException)
        {
            // The leases run out by themselves: leaving only saves the others the wait.
        }

        _stopping.Dispose();
        _arrived.Dispose();
    }

    private ReadResult Take(int maxBytes)
    {
        var records = new List<BufferedRecord>();
        lock (_lock)
        {
            var bytes = 0L;
            while (_queue.TryPeek(out var record) && (records.Count == 0 || bytes + record.Value.Length <= maxBytes))
            {
                _queue.Dequeue();
                _queuedBytes -= record.Value.Length;
                if (_leases.TryGetValue(record.Partition, out var lease) && !lease.IsReleasing && lease.DeliveredPosition == record.Offset)
                {
                    lease.DeliveredPosition = record.Offset + 1;
                    bytes += record.Value.Length;
                    records.Add(record);
                }
            }

            return new ReadResult(records, _leases.Values.Any(lease => lease.IsReleasing && lease.IsInUse));
        }
    }

    private async Task RunAsync()
    {
        var beatEvery = _log.LeaseDuration / 4;
        var lastBeat = long.MinValue;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                if (lastBeat == long.MinValue || _clock.GetElapsedTime(lastBeat) >= beatEvery)
                {
                    lastBeat = _clock.GetTimestamp();
                    await BeatAsync();
                }

                if (!await FetchAsync())
                {
                    await Task.Delay(_log.PollInterval, _clock, _stopping.Token);
                }
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault) when (PostgresFault.IsUnavailable(fault))
            {
                await Task.Delay(beatEvery / 2, _clock, CancellationToken.None);
            }
        }
    }

    private async Task BeatAsync()
    {
        var share = await _table.BeatAsync(_stopping.Token);
        List<PartitionLease> held;
        lock (_lock)
        {
            held = [.. _leases.Values];
        }

        if (held.Count > 0)
        {
            var kept = await _table.RenewAsync(held, _stopping.Token);
            Drop(held.Where(lease => !kept.Contains(lease.Partition)));
        }

        await ReleaseAsync(share);
        int[] wanted;
        lock (_lock)
        {
            wanted = [.. share.Where(partition => !_leases.ContainsKey(partition))];
        }

        if (wanted.Length > 0)
        {
            var acquired = await _table.AcquireAsync(wanted, _stopping.Token);
            lock (_lock)
            {
                acquired.ForEach(lease => _leases.Add(lease.Partition, lease));
            }
        }
    }

    // A partition that is no longer our share: nothing more is delivered, and it goes once the caller committed what it holds, or in time.
    private async Task ReleaseAsync(HashSet<int> share)
    {
        List<PartitionLease> surplus;
        lock (_lock)
        {
            surplus = [.. _leases.Values.Where(lease => !share.Contains(lease.Partition))];
            surplus.ForEach(lease => lease.IsReleasing = true);
        }

        if (surplus.Count == 0)
        {
            return;
        }

        Signal();
        var startedAt = _clock.GetTimestamp();
        while (IsInUse(surplus) && _clock.GetElapsedTime(startedAt) < _options.RevokeDrainTimeout)
        {
            await _table.RenewAsync(surplus, _stopping.Token);
            await Task.Delay(_log.PollInterval, _clock, _stopping.Token);
        }

        await _table.ReleaseAsync(surplus, _stopping.Token);
        Drop(surplus);
    }

    private bool IsInUse(List<PartitionLease> leases)
    {
        lock (_lock)
        {
            return leases.Any(lease => lease.IsInUse);
        }
    }

    private void Drop(IEnumerable<PartitionLease> leases)
    {
        lock (_lock)
        {
            foreach (var lease in leases)
            {
                _leases.Remove(lease.Partition);
            }
        }
    }

    private async Task<bool> FetchAsync()
    {
        List<PartitionLease> open;
        lock (_lock)
        {
            if (_queuedBytes >= _options.MaxBufferedBytes)
            {
                return false;
            }

            open = [.. _leases.Values.Where(lease => !lease.IsReleasing)];
        }

        if (open.Count == 0)
        {
            return false;
        }

        var ends = await _table.Records.ReadEndsAsync(_stopping.Token);
        var hasFetched = false;
        foreach (var lease in open.Where(lease => ends.GetValueOrDefault(lease.Partition) > lease.FetchPosition))
        {
            var records = await _table.Records.ReadAsync(lease.Partition, lease.FetchPosition, FetchBytes, _stopping.Token);
            hasFetched |= records.Count > 0;
            Enqueue(lease, records);
        }

        return hasFetched;
    }

    private void Enqueue(PartitionLease lease, List<BufferedRecord> records)
    {
        lock (_lock)
        {
            foreach (var record in records)
            {
                lease.FetchPosition = record.Offset + 1;
                _queue.Enqueue(record);
                _queuedBytes += record.Value.Length;
            }
        }

        Signal();
    }

    private void Signal()
    {
        if (_arrived.CurrentCount == 0)
        {
            try
            {
                _arrived.Release();
            }
            catch (SemaphoreFullException)
            {
                // Two signals at once are one.
            }
        }
    }
}
