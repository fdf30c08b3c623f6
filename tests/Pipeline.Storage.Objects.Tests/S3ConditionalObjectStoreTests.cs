using Pipeline.Storage.ObjectStores;
using Pipeline.Testing.ObjectStores;

namespace Pipeline.Storage.Objects.Tests;

/// <summary>The stand-in behind a front that knows conditional writes, with every checksum on.</summary>
[Collection(S3Collection.Name)]
[S3Backend]
public sealed class S3ConditionalObjectStoreTests(S3Server server) : ObjectStoreContractTests, IAsyncLifetime
{
    private S3Front? _front;

    protected override bool IsAtomic => true;

    public async Task InitializeAsync() => _front = S3Server.MissingReason is null ? await S3Front.StartAsync(server.Endpoint) : null;

    public async Task DisposeAsync()
    {
        if (_front is not null)
        {
            await _front.DisposeAsync();
        }
    }

    protected override async Task<IObjectStore> OpenAsync()
    {
        var options = await server.CreateBucketAsync();
        var s3 = options.S3 with
        {
            Endpoint = S3Server.IsExternal ? server.Endpoint : _front!.Address,
            ConditionalWrites = true,
            ChecksumMode = S3.S3ChecksumMode.WhenSupported,
        };
        return ObjectStoreFactory.Open(options with { S3 = s3 }, TimeProvider.System);
    }
}
