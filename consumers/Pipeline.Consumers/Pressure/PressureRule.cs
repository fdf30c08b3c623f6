using Pipeline.Storage;

namespace Pipeline.Consumers.Pressure;

/// <summary>Decides how much to spare the store ahead of its limit.</summary>
/// <remarks>A level is left at a lower pressure than it was entered at: merging a few parts must not make it flap.</remarks>
internal static class PressureRule
{
    private const double WidenAbove = 0.5;
    private const double CalmBelow = 0.4;
    private const double PaceAbove = 0.9;
    private const double WidenBelow = 0.75;

    /// <summary>The next level.</summary>
    /// <param name="now">The level now.</param>
    /// <param name="seen">What the store told; what it does not tell lets go level by level, because it must not hold inserts back for ever.</param>
    internal static PressureLevel Next(PressureLevel now, StorePressure seen) => (now, seen) switch
    {
        (PressureLevel.Paced, { IsKnown: false }) => PressureLevel.Widened,
        (_, { IsKnown: false }) => PressureLevel.Calm,
        (_, { Parts: > PaceAbove }) => PressureLevel.Paced,
        (PressureLevel.Paced, { Parts: >= WidenBelow }) => PressureLevel.Paced,
        (_, { Parts: > WidenAbove }) => PressureLevel.Widened,
        (not PressureLevel.Calm, { Parts: >= CalmBelow }) => PressureLevel.Widened,
        _ => PressureLevel.Calm,
    };
}
