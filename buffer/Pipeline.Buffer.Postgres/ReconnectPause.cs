using System.Security.Cryptography;

namespace Pipeline.Buffer.Postgres;

/// <summary>Pauses between attempts to reach Postgres: doubling up to a bound, with jitter so that the members do not return in step.</summary>
/// <remarks>Used by one loop alone.</remarks>
internal sealed class ReconnectPause
{
    private readonly TimeSpan _first;
    private readonly TimeSpan _longest;
    private TimeSpan _step;

    internal ReconnectPause(TimeSpan first, TimeSpan longest)
    {
        _first = first;
        _longest = longest;
        _step = first;
    }

    /// <summary>The pause to make now: between half and all of the current step.</summary>
    internal TimeSpan Next()
    {
        var step = _step;
        _step = TimeSpan.FromTicks(Math.Min(_longest.Ticks, step.Ticks * 2));
        return step * (0.5 + (RandomNumberGenerator.GetInt32(1000) / 2000.0));
    }

    /// <summary>An attempt succeeded.</summary>
    internal void Reset() => _step = _first;
}
