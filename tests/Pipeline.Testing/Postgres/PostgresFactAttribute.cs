using Xunit;

namespace Pipeline.Testing.Postgres;

/// <summary>A test that needs a Postgres to start.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute()
    {
        if (!PostgresServer.IsAvailable)
        {
            Skip = "needs Postgres: run `make install-local`, or set POSTGRES_BIN_DIR";
        }
    }
}
