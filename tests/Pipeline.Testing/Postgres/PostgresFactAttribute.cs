using Xunit;

namespace Pipeline.Testing.Postgres;

/// <summary>A test that needs the binaries of a Postgres server.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = PostgresServer.MissingReason;
}
