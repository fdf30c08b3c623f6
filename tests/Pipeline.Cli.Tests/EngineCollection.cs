using Pipeline.Testing.Engine;

namespace Pipeline.Cli.Tests;

[CollectionDefinition(Name)]
public sealed class EngineCollection : ICollectionFixture<EngineFixture>
{
    public const string Name = "engine";
}
