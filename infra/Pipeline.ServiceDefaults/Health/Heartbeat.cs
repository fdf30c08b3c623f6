namespace Pipeline.ServiceDefaults.Health;

/// <summary>Shows that a loop still makes progress: a loop that is stuck stops beating, and liveness fails.</summary>
/// <remarks>Thread-safe; <see cref="Beat"/> is one store. A loop that waits for work beats while it waits.</remarks>
public sealed class Heartbeat
{
    private readonly TimeProvider _clock;
    private long _lastBeat;

    internal Heartbeat(string name, TimeSpan maxSilence, TimeProvider clock)
    {
        Name = name;
        MaxSilence = maxSilence;
        _clock = clock;
        _lastBeat = clock.GetTimestamp();
    }

    /// <summary>Name of the loop.</summary>
    public string Name { get; }

    /// <summary>Longer silence than this means the loop is stuck and only a restart helps.</summary>
    public TimeSpan MaxSilence { get; }

    /// <summary>Time since the last beat.</summary>
    public TimeSpan Silence => _clock.GetElapsedTime(Volatile.Read(ref _lastBeat));

    /// <summary>Whether the loop beat recently enough.</summary>
    public bool IsAlive => Silence <= MaxSilence;

    /// <summary>The loop made progress.</summary>
    public void Beat() => Volatile.Write(ref _lastBeat, _clock.GetTimestamp());
}
