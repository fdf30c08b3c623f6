using Pipeline.Testing.Kafka;

namespace Pipeline.EndToEnd.Tests;

/// <summary>The same with brokers of our own, which the test may kill.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LocalBrokersFactAttribute : FactAttribute
{
    public LocalBrokersFactAttribute() => Skip = LocalRequirements.Missing(needsKafka: true) ?? KafkaCluster.MissingNodesReason;
}
