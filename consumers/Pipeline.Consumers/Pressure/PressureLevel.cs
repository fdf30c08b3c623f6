namespace Pipeline.Consumers.Pressure;

/// <summary>How much the store is spared because of its parts.</summary>
internal enum PressureLevel
{
    /// <summary>As always.</summary>
    Calm,

    /// <summary>Wider and rarer batches.</summary>
    Widened,

    /// <summary>And a pause before each insert.</summary>
    Paced,
}
