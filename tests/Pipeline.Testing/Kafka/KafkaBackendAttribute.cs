using Pipeline.Testing.Buffer;

namespace Pipeline.Testing.Kafka;

/// <summary>The inherited tests of this class need a Kafka broker and the native client.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KafkaBackendAttribute : BackendAttribute
{
    public override string? MissingReason => KafkaCluster.MissingReason;
}
