using Xunit;

namespace Pipeline.Testing.Kafka;

/// <summary>A test that needs a Kafka broker and the native client.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class KafkaFactAttribute : FactAttribute
{
    public KafkaFactAttribute() => Skip = KafkaCluster.MissingReason;
}
