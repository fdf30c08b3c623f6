using Xunit;

namespace Pipeline.Testing.Kafka;

/// <summary>A test that kills the nodes of a cluster of its own.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class KafkaNodesFactAttribute : FactAttribute
{
    public KafkaNodesFactAttribute() => Skip = KafkaCluster.MissingNodesReason;
}
