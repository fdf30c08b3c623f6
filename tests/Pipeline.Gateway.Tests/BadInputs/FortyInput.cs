namespace Pipeline.Gateway.Tests.BadInputs;

/// <summary>One of the forty bad inputs: how it is sent and what its answer must be.</summary>
/// <param name="Number">Its number in the list of forty.</param>
/// <param name="Name">What is bad about it; unique among those of its number.</param>
/// <param name="CheckAsync">Sends it to the gateway, or to one of its own where it needs other surroundings, and checks the answer.</param>
internal sealed record FortyInput(int Number, string Name, Func<GatewayFixture, Task> CheckAsync);
