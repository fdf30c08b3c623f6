namespace Pipeline.EndToEnd.Tests;

/// <summary>A theory of the same needs as <see cref="LocalFactAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LocalTheoryAttribute : TheoryAttribute
{
    public LocalTheoryAttribute() => Skip = LocalRequirements.Missing(needsKafka: false);
}
