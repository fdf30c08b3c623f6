using Pipeline.Storage;
using Pipeline.Storage.Batches;

namespace Pipeline.Benchmarks;

/// <summary>Keeps the first large batch a writer prepares, and leaves everything else to another store.</summary>
internal sealed class CapturingStore(IStateStore inner, int minObservations) : IStateStore
{
    private readonly TaskCompletionSource<(IPreparedBatch Batch, int Observations)> _captured = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The batch, encoded as it would be sent, and how many observations it holds.</summary>
    internal Task<(IPreparedBatch Batch, int Observations)> Captured => _captured.Task;

    public IPreparedBatch Prepare(StateBatch batch)
    {
        if (!_captured.Task.IsCompleted && batch.Observations.Count >= minObservations)
        {
            // A second encoding: the writer disposes the one that it is given.
            _captured.TrySetResult((inner.Prepare(batch), batch.Observations.Count));
        }

        return inner.Prepare(batch);
    }

    public ValueTask<InsertResult> InsertAsync(IPreparedBatch batch, CancellationToken cancellationToken) => inner.InsertAsync(batch, cancellationToken);

    public ValueTask<bool> IsReachableAsync(CancellationToken cancellationToken) => inner.IsReachableAsync(cancellationToken);
}
