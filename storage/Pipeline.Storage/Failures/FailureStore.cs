using Pipeline.Storage.ObjectStores;
namespace Pipeline.Storage.Failures;
/// <summary>stub</summary>
public sealed class FailureStore(IObjectStore objects)
{
    /// <summary>stub</summary>
    public async ValueTask<FailedBatchManifest> WriteAsync(FailedBatch batch, CancellationToken cancellationToken)
    {
        await objects.PutAsync("x", new byte[1], cancellationToken);
        throw new NotSupportedException();
    }
}
