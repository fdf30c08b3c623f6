using Pipeline.Testing.Buffer;

namespace Pipeline.Testing.Postgres;

/// <summary>The inherited tests of this class need the binaries of a Postgres server.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class PostgresBackendAttribute : BackendAttribute
{
    public override string? MissingReason => PostgresServer.MissingReason;
}
