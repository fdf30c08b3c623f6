using System.Globalization;

namespace Pipeline.Replay.Running;

/// <summary>Decides which part of its rate a replay may use, so that live traffic does not notice it.</summary>
internal static class YieldRule
{
    // A consumer that keeps up is a flush interval and an insert behind, about two seconds. From there it gives way, and stops before
    // freshness is five times what it was.
    private static readonly TimeSpan FullUpTo = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan NothingFrom = TimeSpan.FromSeconds(8);

    // The consumers widen their batches from half of the limit of parts; a replay must be gone before it hurts.
    private const double FullUpToPressure = 0.3;
    private const double NothingFromPressure = 0.8;

    /// <returns>From 0, stand still, to 1, full speed; and why it is not 1.</returns>
    internal static (double Share, string Note) ShareOf(TimeSpan? lag, double? pressure)
    {
        if (lag is not { } age)
        {
            return (0, "waiting: the lag of live traffic is unknown");
        }

        var byLag = Between(age.TotalSeconds, FullUpTo.TotalSeconds, NothingFrom.TotalSeconds);
        var byPressure = pressure is { } parts ? Between(parts, FullUpToPressure, NothingFromPressure) : 1;
        var share = Math.Min(byLag, byPressure);
        return share >= 1
            ? (1, "")
            : (share, byLag <= byPressure
                ? string.Create(CultureInfo.InvariantCulture, $"yielding: live traffic is {age.TotalSeconds:0.0} s behind")
                : string.Create(CultureInfo.InvariantCulture, $"yielding: the store is at {pressure:P0} of its limit of parts"));
    }

    private static double Between(double value, double full, double nothing) => Math.Clamp((nothing - value) / (nothing - full), 0, 1);
}
