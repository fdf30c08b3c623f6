using Xunit;

namespace Pipeline.Testing.Kafka;

/// <summary>A test that needs brokers: those of <c>KAFKA_BOOTSTRAP_SERVERS</c>, or ones started from <c>KAFKA_HOME</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class KafkaFactAttribute : FactAttribute
{
    public KafkaFactAttribute()
    {
        if (!KafkaCluster.IsAvailable)
        {
            Skip = "needs Kafka: set KAFKA_HOME or KAFKA_BOOTSTRAP_SERVERS, and run `make install-kafka-client`";
        }
    }
}
