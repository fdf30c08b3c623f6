using Pipeline.Testing.Faults;
using Pipeline.Testing.Kafka;

namespace Pipeline.EndToEnd.Tests;

/// <summary>A <see cref="LocalBrokersFactAttribute"/> of the long form of the fault tests.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LocalBrokersLongFactAttribute : FactAttribute
{
    public LocalBrokersLongFactAttribute() => Skip = LocalRequirements.Missing(needsKafka: true) ?? KafkaCluster.MissingNodesReason ?? FaultRounds.MissingReason;
}
