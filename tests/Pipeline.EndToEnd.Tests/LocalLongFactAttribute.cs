using Pipeline.Testing.Faults;

namespace Pipeline.EndToEnd.Tests;

/// <summary>A <see cref="LocalFactAttribute"/> of the long form of the fault tests.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LocalLongFactAttribute : FactAttribute
{
    public LocalLongFactAttribute() => Skip = LocalRequirements.Missing(needsKafka: false) ?? FaultRounds.MissingReason;
}
