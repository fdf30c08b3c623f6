namespace Pipeline.Gateway.Tests;

/// <summary>One gateway for the tests of a class that do not change its surroundings.</summary>
public sealed class SharedGateway : IAsyncLifetime
{
    internal GatewayFixture Gateway { get; private set; } = null!;

    public async Task InitializeAsync() => Gateway = await GatewayFixture.StartAsync();

    public async Task DisposeAsync() => await Gateway.DisposeAsync();
}
