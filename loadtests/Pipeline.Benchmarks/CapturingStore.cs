using Pipeline.Storage;
using Pipeline.Storage.Batches;
using Pipeline.Storage.ClickHouse.Inserting;

namespace Pipeline.Benchmarks;

/// <summary>Keeps the first large batch a writer prepares, and confirms everything at once.</summary>
internal sealed class CapturingStore(int minObservations) : IStateStore, IDisposable
{
    private readonly ClickHouseStateStore _encoder = new(new ClickHouseOptions { Address = new Uri("http://127.0.0.1:1") });
    private readonly TaskCompletionSource<(IPreparedBatch Batch, int Observations)> _captured = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The batch, encoded as it would be sent, and how many observations it holds.</summary>
    internal Task<(IPreparedBatch Batch, int Observations)> Captured => _captured.Task;

    public IPreparedBatch Prepare(StateBatch batch)
    {
        if (!_captured.Task.IsCompleted && batch.Observations.Count >= minObservations)
        {
            // A second encoding: the writer disposes the one that it is given.
            _captured.TrySetResult((_encoder.Prepare(batch), batch.Observations.Count));
        }

        return _encoder.Prepare(batch);
    }

    public ValueTask<InsertResult> InsertAsync(IPreparedBatch batch, CancellationToken cancellationToken) => ValueTask.FromResult(InsertResult.Inserted);

    public ValueTask<bool> IsReachableAsync(CancellationToken cancellationToken) => ValueTask.FromResult(true);

    public void Dispose() => _encoder.Dispose();
}
