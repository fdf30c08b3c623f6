using Pipeline.Testing.Buffer;

namespace Pipeline.Testing.ObjectStores;

/// <summary>The tests of this class that are marked <see cref="BackendFactAttribute"/> need an S3 store.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class S3BackendAttribute : BackendAttribute
{
    public override string? MissingReason => S3Server.MissingReason;
}
