namespace Pipeline.EndToEnd.Tests;

/// <summary>A test that starts a whole pipeline: the engine, Postgres and, for SDKs, node must be installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LocalFactAttribute : FactAttribute
{
    public LocalFactAttribute() => Skip = LocalRequirements.Missing(needsKafka: false);
}
