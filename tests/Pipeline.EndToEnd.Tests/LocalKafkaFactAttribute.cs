namespace Pipeline.EndToEnd.Tests;

/// <summary>The same with Kafka.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LocalKafkaFactAttribute : FactAttribute
{
    public LocalKafkaFactAttribute() => Skip = LocalRequirements.Missing(needsKafka: true);
}
