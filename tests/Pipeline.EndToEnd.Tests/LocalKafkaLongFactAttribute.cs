using Pipeline.Testing.Faults;

namespace Pipeline.EndToEnd.Tests;

/// <summary>A <see cref="LocalKafkaFactAttribute"/> of the long form of the fault tests.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LocalKafkaLongFactAttribute : FactAttribute
{
    public LocalKafkaLongFactAttribute() => Skip = LocalRequirements.Missing(needsKafka: true) ?? FaultRounds.MissingReason;
}
