using Pipeline.Buffer.Kafka;
using Xunit;

namespace Pipeline.Testing.Kafka;

/// <summary>A test that needs the native Kafka client and no broker.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class KafkaClientTheoryAttribute : TheoryAttribute
{
    public KafkaClientTheoryAttribute() => Skip = KafkaEventLog.IsAvailable ? null : "needs librdkafka: run `make install-kafka-client`";
}
