using System.Globalization;

namespace Pipeline.ServiceDefaults.Health;

/// <summary>Whether the process is alive (its loops move) and ready (it can do its work), with reasons.</summary>
/// <remarks>
/// Thread-safe. Liveness never depends on another system: a dead database must not restart every gateway. Readiness may.
/// </remarks>
public sealed class ServiceHealth
{
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private ReadinessCondition[] _conditions = [];
    private Heartbeat[] _heartbeats = [];
    private Func<IReadOnlyList<HealthReason>>[] _checks = [];
    private volatile bool _isStopping;

    /// <summary>Creates the health of one process.</summary>
    public ServiceHealth(TimeProvider clock) => _clock = clock;

    /// <summary>Whether every loop moves.</summary>
    public bool IsLive => Array.TrueForAll(Volatile.Read(ref _heartbeats), static beat => beat.IsAlive)
        && Array.TrueForAll(Volatile.Read(ref _checks), static check => check().Count == 0);

    /// <summary>Whether every condition holds and the process is not stopping.</summary>
    public bool IsReady => !_isStopping && Array.TrueForAll(Volatile.Read(ref _conditions), static condition => condition.IsMet);

    /// <summary>Adds a condition that does not hold yet.</summary>
    /// <param name="name">Name shown in the answer.</param>
    /// <param name="reason">Why it does not hold yet.</param>
    public ReadinessCondition AddCondition(string name, string reason)
    {
        var condition = new ReadinessCondition(name, reason);
        lock (_lock)
        {
            Volatile.Write(ref _conditions, [.. _conditions, condition]);
        }

        return condition;
    }

    /// <summary>Adds a loop that must beat at least once in <paramref name="maxSilence"/>.</summary>
    public Heartbeat AddHeartbeat(string name, TimeSpan maxSilence)
    {
        var heartbeat = new Heartbeat(name, maxSilence, _clock);
        lock (_lock)
        {
            Volatile.Write(ref _heartbeats, [.. _heartbeats, heartbeat]);
        }

        return heartbeat;
    }

    /// <summary>Adds a check of liveness: it returns why only a restart helps, or nothing. It must be quick and must not throw.</summary>
    public void AddLivenessCheck(Func<IReadOnlyList<HealthReason>> check)
    {
        lock (_lock)
        {
            Volatile.Write(ref _checks, [.. _checks, check]);
        }
    }

    /// <summary>The process began to stop: from now on it is not ready.</summary>
    public void BeginStopping() => _isStopping = true;

    /// <summary>Why the process is not ready; empty when it is.</summary>
    public IReadOnlyList<HealthReason> WhyNotReady()
    {
        var reasons = new List<HealthReason>();
        if (_isStopping)
        {
            reasons.Add(new HealthReason("lifetime", "the process is stopping"));
        }

        foreach (var condition in Volatile.Read(ref _conditions))
        {
            if (condition.Reason is { } reason)
            {
                reasons.Add(new HealthReason(condition.Name, reason));
            }
        }

        return reasons;
    }

    /// <summary>Why the process is not live; empty when it is.</summary>
    public IReadOnlyList<HealthReason> WhyNotLive()
    {
        var reasons = new List<HealthReason>();
        foreach (var heartbeat in Volatile.Read(ref _heartbeats))
        {
            if (!heartbeat.IsAlive)
            {
                reasons.Add(new HealthReason(heartbeat.Name, string.Create(
                    CultureInfo.InvariantCulture,
                    $"no progress for {heartbeat.Silence.TotalSeconds:0} s; at most {heartbeat.MaxSilence.TotalSeconds:0} s are normal")));
            }
        }

        foreach (var check in Volatile.Read(ref _checks))
        {
            reasons.AddRange(check());
        }

        return reasons;
    }
}
