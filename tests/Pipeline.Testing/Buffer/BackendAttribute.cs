namespace Pipeline.Testing.Buffer;

/// <summary>Says on a test class what its <see cref="BackendFactAttribute"/> tests need.</summary>
[AttributeUsage(AttributeTargets.Class)]
public abstract class BackendAttribute : Attribute
{
    /// <summary>Why the tests cannot run here; null when they can.</summary>
    public abstract string? MissingReason { get; }
}
