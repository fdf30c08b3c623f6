using Pipeline.Buffer;
using Pipeline.Consumers.Batching;
using Pipeline.Consumers.Pressure;
using Pipeline.Consumers.Reading;
using Pipeline.Consumers.Stalls;
using Pipeline.Schemas;
using Pipeline.ServiceDefaults.Health;

namespace Pipeline.Consumers;

/// <summary>How far the writer is: what it does now, when it last stored something, and how far the group is behind.</summary>
/// <remarks>
/// Thread-safe. Tells a writer that has nothing to do from one that waits for its store, both of which are alive, and from one that is
/// stuck.
/// </remarks>
internal sealed class WriterProgress
{
    /// <summary>Every value of <see cref="Activity"/>.</summary>
    internal static readonly string[] Activities = ["working", "idle", "waiting_for_store", "waiting_for_log", "waiting_for_failure_store", "waiting_for_archive", "halted", "stuck"];

    // Stands beside the members: the loop that looks at the positions can fail while theirs wait without a word.
    private const string PositionsLoop = "(positions)";

    private readonly TimeProvider _clock;
    private readonly ReadinessCondition _log;
    private readonly ReadinessCondition _store;
    private readonly ReadinessCondition _failureStore;
    private readonly ReadinessCondition _archive;
    private readonly ReadinessCondition _halt;
    private readonly long _startedAtMicros;

    // Guards the dictionaries and the lag list; taken a few times per batch and once per look at the positions.
    private readonly Lock _lock = new();
    private readonly HashSet<string> _working = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _logFailures = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _storeFailures = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _failureStoreFailures = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _archiveFailures = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _halts = new(StringComparer.Ordinal);
    private readonly Dictionary<int, long> _storedUpTo = [];
    private readonly Dictionary<int, long> _caughtUpAt = [];
    private PartitionLag[] _lag = [];
    private volatile bool _isIdle = true;
    private volatile bool _wasStoreSeen;
    private volatile bool _wasLogOpened;
    private volatile bool _isLagKnown;
    private long _lastStoredAtMicros;

    public WriterProgress(ServiceHealth health, WriterOptions options, TimeProvider clock)
    {
        Stalls = new StallWatch(options.StuckAfter, clock);
        health.AddLivenessCheck(Stalls.WhyStuck);
        _clock = clock;
        _log = health.AddCondition("log", "the log is not open yet");
        _store = health.AddCondition("store", "the store was not reached yet");
        _failureStore = health.AddCondition("failure store", "");
        _failureStore.Met();
        _archive = health.AddCondition("archive", "");
        _archive.Met();
        _halt = health.AddCondition("halt", "");
        _halt.Met();
        _startedAtMicros = UnixMicros.Now(clock);
    }

    /// <summary>When the object store deletes the oldest failed batch that waits for its replay; null when none waits, or never.</summary>
    internal DateTimeOffset? FailedBatchesExpireAt { get; set; }

    /// <summary>What moves and what stands still.</summary>
    internal StallWatch Stalls { get; }

    /// <summary>How near the store is to too many parts.</summary>
    internal PressureGauge Pressure { get; } = new();

    /// <summary>What the writer does now, in a word for people and metrics.</summary>
    internal string Activity =>
        Stalls.FindStuck().Count > 0 ? "stuck"
        : !_halt.IsMet ? "halted"
        : !_failureStore.IsMet ? "waiting_for_failure_store"
        : !_archive.IsMet ? "waiting_for_archive"
        : !_log.IsMet ? "waiting_for_log"
        : _wasStoreSeen && !_store.IsMet ? "waiting_for_store"
        : _isIdle ? "idle"
        : "working";

    /// <summary>Whether a member ever opened the log: before that there are no positions to ask for.</summary>
    internal bool WasLogOpened => _wasLogOpened;

    internal bool IsReady => _log.IsMet && _store.IsMet && _failureStore.IsMet && _archive.IsMet && _halt.IsMet;

    /// <summary>Whether nothing is known of the store yet: without traffic no insert would ever show that it is there.</summary>
    internal bool NeedsStoreProbe => !_wasStoreSeen;

    /// <summary>When the last batch was stored, microseconds since the epoch; the start of the process before the first.</summary>
    internal long LastStoredAtMicros => Math.Max(Volatile.Read(ref _lastStoredAtMicros), _startedAtMicros);

    /// <summary>Whether the last look at the positions succeeded.</summary>
    internal bool IsLagKnown => _isLagKnown;

    /// <summary>Lag by partition, as last known.</summary>
    internal IReadOnlyList<PartitionLag> Lag
    {
        get
        {
            lock (_lock)
            {
                return _lag;
            }
        }
    }

    internal void LogIsOpen(string member)
    {
        _wasLogOpened = true;
        Report(_log, _logFailures, member, null);
    }

    internal void LogFails(string member, string reason) => Report(_log, _logFailures, member, reason);

    internal void StoreIsReachable()
    {
        if (!_wasStoreSeen)
        {
            _wasStoreSeen = true;
            _store.Met();
        }
    }

    internal void StoreTakesBatches(string member)
    {
        _wasStoreSeen = true;
        Report(_store, _storeFailures, member, null);
    }

    internal void StoreFails(string member, string reason)
    {
        _wasStoreSeen = true;
        Report(_store, _storeFailures, member, reason);
    }

    internal void FailureStoreTakesBatches(string member) => Report(_failureStore, _failureStoreFailures, member, null);

    internal void FailureStoreFails(string member, string reason) => Report(_failureStore, _failureStoreFailures, member, reason);

    internal void ArchiveTakesRecords(string member) => Report(_archive, _archiveFailures, member, null);

    internal void ArchiveFails(string member, string reason) => Report(_archive, _archiveFailures, member, reason);

    /// <summary>A member does not go on until somebody acts.</summary>
    internal void Halted(string member, string reason) => Report(_halt, _halts, member, $"halted: {reason}");

    internal void GoesOn(string member) => Report(_halt, _halts, member, null);

    /// <summary>A loop went round once.</summary>
    internal void Turned(string member, bool isIdle)
    {
        lock (_lock)
        {
            _ = isIdle ? _working.Remove(member) : _working.Add(member);
            _isIdle = _working.Count == 0;
        }
    }

    internal void Stored(BatchSummary batch, long nowMicros) => Stored(batch.AppendedAtMicros, nowMicros);

    /// <summary>Something was stored.</summary>
    /// <param name="appendedAtMicros">Per partition, when the log took the last record of it.</param>
    /// <param name="nowMicros">Now.</param>
    internal void Stored(IReadOnlyDictionary<int, long> appendedAtMicros, long nowMicros)
    {
        Volatile.Write(ref _lastStoredAtMicros, nowMicros);
        lock (_lock)
        {
            foreach (var stored in appendedAtMicros)
            {
                _storedUpTo[stored.Key] = stored.Value;
            }
        }
    }

    // Ready means that no loop of the process fails: one that cannot go on must not be hidden by another that can.
    private void Report(ReadinessCondition condition, Dictionary<string, string> failures, string member, string? reason)
    {
        lock (_lock)
        {
            if (reason is null)
            {
                failures.Remove(member);
            }
            else
            {
                failures[member] = reason;
            }

            if (failures.Count == 0)
            {
                condition.Met();
            }
            else
            {
                condition.NotMet(reason ?? failures.First().Value);
            }
        }
    }

    internal void PositionsUnknown(string reason)
    {
        _isLagKnown = false;
        Stalls.LogIsAway();
        Report(_log, _logFailures, PositionsLoop, reason);
    }

    internal void Positions(IReadOnlyList<PartitionPosition> positions)
    {
        _isLagKnown = true;
        Stalls.Looked(positions);
        if (_wasLogOpened)
        {
            Report(_log, _logFailures, PositionsLoop, null);
        }

        var now = UnixMicros.Now(_clock);
        lock (_lock)
        {
            _lag = new PartitionLag[positions.Count];
            for (var i = 0; i < positions.Count; i++)
            {
                _lag[i] = new PartitionLag(positions[i].Partition, positions[i].Lag, AgeOf(positions[i], now));
            }
        }
    }

    // Whatever is uncommitted was appended after the last record stored here and after the last moment without a lag. For a partition of
    // another member, and for a backlog from before the start, it is the time since it was first seen: a lower bound.
    private TimeSpan AgeOf(PartitionPosition position, long now)
    {
        if (position.Lag == 0)
        {
            _caughtUpAt[position.Partition] = now;
            return TimeSpan.Zero;
        }

        var since = Math.Max(_storedUpTo.GetValueOrDefault(position.Partition), _caughtUpAt.GetValueOrDefault(position.Partition));
        since = since == 0 ? _startedAtMicros : since;
        return TimeSpan.FromMicroseconds(Math.Max(0, now - since));
    }
}
