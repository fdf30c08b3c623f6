using Pipeline.Storage.ObjectStores;
using Pipeline.Testing.ObjectStores;

namespace Pipeline.Storage.Objects.Tests;

/// <summary>The stand-in itself: it overwrites, so the object is looked for first.</summary>
[Collection(S3Collection.Name)]
[S3Backend]
public sealed class S3ObjectStoreTests(S3Server server) : ObjectStoreContractTests
{
    protected override bool IsAtomic => S3Server.IsExternal;

    protected override async Task<IObjectStore> OpenAsync()
    {
        var options = await server.CreateBucketAsync("team/failed");

        // Small pages, so that every listing takes several.
        return ObjectStoreFactory.Open(options with { S3 = options.S3 with { PageSize = 3 } }, TimeProvider.System);
    }
}
