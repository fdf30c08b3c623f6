namespace Pipeline.Testing.Faults;

/// <summary>The faults that are set, whom they strike, and how often they did.</summary>
internal sealed class FaultPlan(int seed)
{
    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);
    private readonly long[] _fired = new long[Enum.GetValues<FaultKind>().Length];
    private IReadOnlyList<Fault> _faults = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when other faults are set.</summary>
    internal Task Changed
    {
        get
        {
            lock (_lock)
            {
                return _changed.Task;
            }
        }
    }

    internal void Set(IReadOnlyList<Fault> faults)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _faults = faults;
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }

    /// <summary>Rolls the dice for a new connection: only a reset strikes here.</summary>
    internal bool StrikesConnection()
    {
        lock (_lock)
        {
            return _faults.Any(fault => fault.Kind == FaultKind.Reset && Strikes_NeedsLock(fault));
        }
    }

    /// <summary>Rolls the dice for an exchange that begins.</summary>
    internal IReadOnlyList<Fault> ForExchange()
    {
        lock (_lock)
        {
            return _faults.Count == 0 ? [] : [.. _faults.Where(fault => fault.Kind is not (FaultKind.Refuse or FaultKind.Reset) && Strikes_NeedsLock(fault))];
        }
    }

    internal void Count(FaultKind kind) => Interlocked.Increment(ref _fired[(int)kind]);

    internal long Fired(FaultKind kind) => Interlocked.Read(ref _fired[(int)kind]);

    private bool Strikes_NeedsLock(Fault fault) => fault.Share >= 1 || _random.NextDouble() < fault.Share;
}
