using Pipeline.Storage;
using Pipeline.Storage.Batches;
using Pipeline.Storage.ClickHouse.Inserting;

namespace Pipeline.Benchmarks;

/// <summary>Encodes as the real store does and confirms at once.</summary>
internal sealed class PreparingStore : IStateStore, IDisposable
{
    private readonly ClickHouseStateStore _encoder = new(new ClickHouseOptions { Address = new Uri("http://127.0.0.1:1") });

    public IPreparedBatch Prepare(StateBatch batch) => _encoder.Prepare(batch);

    public ValueTask<InsertResult> InsertAsync(IPreparedBatch batch, CancellationToken cancellationToken) => ValueTask.FromResult(InsertResult.Inserted);

    public ValueTask<bool> IsReachableAsync(CancellationToken cancellationToken) => ValueTask.FromResult(true);

    public void Dispose() => _encoder.Dispose();
}
