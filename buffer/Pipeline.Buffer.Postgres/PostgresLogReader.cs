using Pipeline.Buffer.Reading;

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
    private readonly ReaderQueue _queue = new();
    private readonly Task _loop;

    internal PostgresLogReader(LeaseTable table, ReaderOptions options, PostgresLogOptions log, TimeProvider clock)
    {
        _table = table;
        _options = options;
        _log = log;
        _clock = clock;
        _loop = Task.Run(RunAsync);
    }

    public IReadOnlyCollection<int> AssignedPartitions => _queue.Assigned;

    /// <summary>Bytes fetched and not delivered.</summary>
    internal long BufferedBytes => _queue.QueuedBytes;

    private long Room => _options.MaxBufferedBytes - _queue.QueuedBytes;

    private TimeSpan BeatEvery => _log.LeaseDuration / 4;

    public ValueTask<ReadResult> ReadAsync(int maxBytes, TimeSpan maxWait, CancellationToken cancellationToken) =>
        _queue.TakeAsync(maxBytes, maxWait, cancellationToken);

    public async ValueTask<CommitOutcome> CommitAsync(IReadOnlyCollection<PartitionOffset> nextOffsets, CancellationToken cancellationToken)
    {
        var leases = new List<PartitionLease>();
        var offsets = new List<long>();
        foreach (var next in nextOffsets)
        {
            if (_queue.FindForCommit(next) is PartitionLease lease)
            {
                leases.Add(lease);
                offsets.Add(next.Offset);
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

        for (var i = 0; i < leases.Count; i++)
        {
            if (committed.Contains(leases[i].Partition))
            {
                _queue.Committed(leases[i], offsets[i]);
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
        _queue.Dispose();
    }

    private async Task RunAsync()
    {
        var lastBeat = long.MinValue;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                if (lastBeat == long.MinValue || _clock.GetElapsedTime(lastBeat) >= BeatEvery)
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
                await Task.Delay(BeatEvery / 2, _clock, CancellationToken.None);
            }
        }
    }

    private async Task BeatAsync()
    {
        var share = await _table.BeatAsync(_stopping.Token);
        var held = Held();
        if (held.Count > 0)
        {
            var kept = await _table.RenewAsync(held, _stopping.Token);
            _queue.Drop(held.Where(lease => !kept.Contains(lease.Partition)));
        }

        await ReleaseAsync([.. Held().Where(lease => !share.Contains(lease.Partition))]);
        var wanted = share.Except(Held().Select(lease => lease.Partition)).ToArray();
        if (wanted.Length > 0)
        {
            _queue.Own(await _table.AcquireAsync(wanted, _stopping.Token));
        }
    }

    // A partition that is no longer our share: nothing more is delivered, and it goes once the caller committed what it holds, or in time.
    private async Task ReleaseAsync(List<PartitionLease> surplus)
    {
        if (surplus.Count == 0)
        {
            return;
        }

        _queue.BeginRelease(surplus);
        var startedAt = _clock.GetTimestamp();
        var lastBeat = startedAt;
        while (_queue.AnyInUse(surplus) && _clock.GetElapsedTime(startedAt) < _options.RevokeDrainTimeout)
        {
            // The drain may outlast the lease: the member and all it holds live on meanwhile.
            if (_clock.GetElapsedTime(lastBeat) >= BeatEvery)
            {
                lastBeat = _clock.GetTimestamp();
                await _table.BeatAsync(_stopping.Token);
                await _table.RenewAsync(Held(), _stopping.Token);
            }

            await Task.Delay(_log.PollInterval, _clock, _stopping.Token);
        }

        await _table.ReleaseAsync(surplus, _stopping.Token);
        _queue.Drop(surplus);
    }

    private List<PartitionLease> Held() => [.. _queue.Owned().Cast<PartitionLease>()];

    private async Task<bool> FetchAsync()
    {
        var held = Held();
        if (held.Count == 0 || Room <= 0)
        {
            return false;
        }

        var ends = await _table.Records.ReadEndsAsync(_stopping.Token);
        var hasFetched = false;
        foreach (var lease in held.Where(lease => ends.GetValueOrDefault(lease.Partition) > lease.FetchPosition))
        {
            // Checked for every partition: the fetches of one round add up.
            var records = await _table.Records.ReadAsync(lease.Partition, lease.FetchPosition, Math.Min(FetchBytes, Room), _stopping.Token);
            if (records.Count > 0)
            {
                hasFetched = true;
                lease.FetchPosition = records[^1].Offset + 1;
                _queue.Add(lease, records);
            }
        }

        return hasFetched;
    }
}
