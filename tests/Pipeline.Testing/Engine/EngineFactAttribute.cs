using Xunit;

namespace Pipeline.Testing.Engine;

/// <summary>A test that needs a ClickHouse engine: the embedded one, or the server that <c>CLICKHOUSE_URL</c> names.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EngineFactAttribute : FactAttribute
{
    public EngineFactAttribute()
    {
        if (!EngineProcess.IsAvailable)
        {
            Skip = $"needs the ClickHouse engine: {EngineProcess.LibraryPath} does not exist (run `make install-local`) and CLICKHOUSE_URL is not set";
        }
    }
}
