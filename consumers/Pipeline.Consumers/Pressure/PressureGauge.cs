using Pipeline.Storage;

namespace Pipeline.Consumers.Pressure;

/// <summary>The store's pressure as last seen, and how much it is spared for it. Thread-safe.</summary>
internal sealed class PressureGauge
{
    private volatile StorePressure? _seen;
    private volatile PressureLevel _level;

    /// <summary>What was last seen; null when nothing is watched or known.</summary>
    internal StorePressure? Seen => _seen is { IsKnown: true } seen ? seen : null;

    internal PressureLevel Level => _level;

    /// <summary>A look at the store; called by one loop.</summary>
    /// <returns>Whether the level changed.</returns>
    internal bool Looked(StorePressure seen)
    {
        var before = _level;
        _seen = seen;
        _level = PressureRule.Next(before, seen);
        return _level != before;
    }
}
