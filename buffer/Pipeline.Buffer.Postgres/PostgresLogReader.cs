using Pipeline.Buffer.Reading;

namespace Pipeline.Buffer.Postgres;

/// <summary>One member of a consumer group over the Postgres log: a loop that beats, fetches ahead and hands over.</summary>
/// <remarks>
/// A member id that is used again (a restarted process under the same name) takes its partitions back at once, under a new epoch.
/// While Postgres is away the loop keeps trying; what was delivered stays valid, and a commit says Unavailable until it is back. An error that
/// waiting cannot mend ends the loop, and every read from then on says so.
/// </remarks>
internal sealed class PostgresLogReader : IEventLogReader
{
    private const long FetchBytes = 4 * 1024 * 1024;

    // A share that is not complete yet is being given up by another member: asking often costs little and ends the gap soon.
    private static readonly TimeSpan HurriedBeat = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);

    private readonly LeaseTable _table;
    private readonly ReaderOptions _options;
    private readonly PostgresLogOptions _log;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ReaderQueue _queue = new();
    private readonly ReconnectPause _pause;
    private readonly Action<string> _reportTrouble;
    private readonly Action<OffsetJump> _reportJump;
    private readonly Task _loop;
    private volatile Exception? _fault;

    // Used by the loop alone.
    private bool _isShareComplete;
    private bool _isTroubleTold;

    internal PostgresLogReader(LeaseTable table, ReaderOptions options, PostgresLogOptions log, TimeProvider clock, Action<string> reportTrouble, Action<OffsetJump> reportJump)
    {
        _table = table;
        _options = options;
        _log = log;
        _clock = clock;
        _reportTrouble = reportTrouble;
        _reportJump = reportJump;
        _pause = new ReconnectPause(FirstPause, log.LeaseDuration / 4);
        _loop = Task.Run(RunAsync);
    }

    public IReadOnlyCollection<int> AssignedPartitions => _queue.Assigned;

    /// <summary>Bytes fetched and not delivered.</summary>
    internal long BufferedBytes => _queue.QueuedBytes;

    private long Room => _options.MaxBufferedBytes - _queue.QueuedBytes;

    private TimeSpan BeatEvery => _isShareComplete || HurriedBeat > _log.LeaseDuration / 4 ? _log.LeaseDuration / 4 : HurriedBeat;

    public ValueTask<ReadResult> ReadAsync(int maxBytes, TimeSpan maxWait, CancellationToken cancellationToken) =>
        _fault is { } fault
            ? throw new EventLogUnavailableException($"the reader of the log in Postgres cannot go on: {fault.Message}", fault)
            : _queue.TakeAsync(maxBytes, maxWait, cancellationToken);

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
        try
        {
            while (!_stopping.IsCancellationRequested)
            {
                await RunUntilUnavailableAsync();
                await Task.Delay(_pause.Next(), _clock, _stopping.Token);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The member leaves.
        }
        catch (Exception fault)
        {
            _fault = fault;
            _queue.Fault();
        }
    }

    private async Task RunUntilUnavailableAsync()
    {
        try
        {
            var lastBeat = long.MinValue;
            while (true)
            {
                if (lastBeat == long.MinValue || _clock.GetElapsedTime(lastBeat) >= BeatEvery)
                {
                    lastBeat = _clock.GetTimestamp();
                    await BeatAsync();
                    _pause.Reset();
                    _isTroubleTold = false;
                }

                await EndReleasesAsync();
                if (!await FetchAsync())
                {
                    await Task.Delay(_log.PollInterval, _clock, _stopping.Token);
                }
            }
        }
        catch (Exception fault) when (PostgresFault.IsUnavailable(fault))
        {
            // The caller of this method comes again after a pause.
            if (!_isTroubleTold)
            {
                _isTroubleTold = true;
                _reportTrouble(fault.Message);
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
            held = Held();
        }

        BeginReleases([.. held.Where(lease => lease.ReleasingSince is null && !share.Contains(lease.Partition))]);
        var wanted = share.Except(held.Select(lease => lease.Partition)).ToArray();
        var taken = wanted.Length == 0 ? [] : await _table.AcquireAsync(wanted, _stopping.Token);
        _queue.Own(taken);
        _isShareComplete = taken.Count == wanted.Length;
    }

    private void BeginReleases(List<PartitionLease> surplus)
    {
        if (surplus.Count > 0)
        {
            surplus.ForEach(lease => lease.ReleasingSince = _clock.GetTimestamp());
            _queue.BeginRelease(surplus);
        }
    }

    // A partition that is no longer our share: nothing more of it is delivered, and it goes once the caller committed what it holds, or in
    // time. The loop runs on meanwhile: the drain may outlast the lease, and the partitions that stay are read.
    private async Task EndReleasesAsync()
    {
        var ended = Held().Where(lease => lease.ReleasingSince is { } since
            && (!_queue.AnyInUse([lease]) || _clock.GetElapsedTime(since) >= _options.RevokeDrainTimeout)).ToList();
        if (ended.Count > 0)
        {
            await _table.ReleaseAsync(ended, _stopping.Token);
            _queue.Drop(ended);
        }
    }

    private List<PartitionLease> Held() => [.. _queue.Owned().Cast<PartitionLease>()];

    private async Task<bool> FetchAsync()
    {
        var held = Held();
        if (held.Count == 0 || Room <= 0)
        {
            return false;
        }

        var bounds = await _table.Records.ReadBoundsAsync(_stopping.Token);
        var hasFetched = false;
        foreach (var lease in held.Where(lease => lease.ReleasingSince is null))
        {
            if (!bounds.TryGetValue(lease.Partition, out var bound) || await PlaceAsync(lease, bound.First, bound.End) is var next && next >= bound.End)
            {
                continue;
            }

            // Checked for every partition: the fetches of one round add up.
            if (Room <= 0)
            {
                break;
            }

            var records = await _table.Records.ReadAsync(lease.Partition, next, Math.Min(FetchBytes, Room), _stopping.Token);
            if (records.Count > 0)
            {
                hasFetched = true;
                lease.FetchPosition = records[^1].Offset + 1;
                _queue.Add(lease, records);
            }
        }

        return hasFetched;
    }

    // Where the log no longer holds what comes next, or was made anew, reading goes on at the oldest record held, and never without a word.
    private async ValueTask<long> PlaceAsync(PartitionLease lease, long first, long end)
    {
        var wanted = lease.FetchPosition;
        var next = new PartitionPosition(lease.Partition, first, end, wanted).NextOffset;
        if (next != wanted)
        {
            var jump = new OffsetJump(lease.Partition, wanted, next, end);
            if (jump.IsBack)
            {
                await _table.ForgetCommitAsync(lease, _stopping.Token);
            }

            lease.FetchPosition = next;
            if (jump.IsBack || jump.Lost > 0)
            {
                _reportJump(jump);
            }
        }

        return next;
    }
}
