using Pipeline.Testing.Engine;
using Pipeline.Testing.Kafka;
using Pipeline.Testing.Postgres;

namespace Pipeline.EndToEnd.Tests.Faults;

/// <summary>The servers behind the fault tests: each test has databases and topics of its own in them.</summary>
public sealed class FaultStores : IAsyncLifetime
{
    private KafkaCluster? _kafka;

    internal EngineFixture Engine { get; } = new();

    internal PostgresServer Postgres { get; } = new();

    public async Task InitializeAsync()
    {
        if (LocalRequirements.Missing(needsKafka: false) is null)
        {
            await Task.WhenAll(Engine.InitializeAsync(), Postgres.InitializeAsync());
        }
    }

    /// <summary>Brokers, started with the first test that needs them.</summary>
    internal async Task<string> KafkaAsync()
    {
        if (_kafka is null)
        {
            _kafka = new KafkaCluster();
            await _kafka.InitializeAsync();
        }

        return _kafka.BootstrapServers;
    }

    public async Task DisposeAsync()
    {
        if (_kafka is not null)
        {
            await _kafka.DisposeAsync();
        }

        await Engine.DisposeAsync();
        await Postgres.DisposeAsync();
    }
}
