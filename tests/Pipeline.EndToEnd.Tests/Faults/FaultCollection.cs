namespace Pipeline.EndToEnd.Tests.Faults;

/// <summary>Fault tests run one after the other: several measure times.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FaultCollection : ICollectionFixture<FaultStores>
{
    public const string Name = "faults";
}
