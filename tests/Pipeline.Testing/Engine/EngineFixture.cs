using Xunit;

namespace Pipeline.Testing.Engine;

/// <summary>One engine for the tests of a collection; each test uses a database of its own.</summary>
public sealed class EngineFixture : IAsyncLifetime
{
    private EngineProcess? _engine;

    public EngineProcess Engine => _engine ?? throw new InvalidOperationException("the engine is not available; mark the test with [EngineFact]");

    /// <summary>A database name no other test uses.</summary>
    public static string NewDatabase() => "test_" + Guid.CreateVersion7().ToString("N");

    public async Task InitializeAsync()
    {
        if (EngineProcess.IsAvailable)
        {
            _engine = await EngineProcess.StartAsync();
        }
    }

    public async Task DisposeAsync()
    {
        if (_engine is not null)
        {
            await _engine.DisposeAsync();
        }
    }
}
