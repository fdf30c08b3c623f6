using Pipeline.Storage.ObjectStores;
using Pipeline.Testing.ObjectStores;

namespace Pipeline.Storage.Objects.Tests;

/// <summary>What simulations use keeps the same promises.</summary>
public sealed class InMemoryObjectStoreTests : ObjectStoreContractTests
{
    protected override bool IsAtomic => true;

    protected override Task<IObjectStore> OpenAsync() => Task.FromResult<IObjectStore>(new InMemoryObjectStore(TimeProvider.System));
}
