using Pipeline.Storage;
using Pipeline.Storage.Batches;

namespace Pipeline.Consumers.Tests.Simulation.Defects;

/// <summary>The defect: the answer does not wait for the write, so that offsets are committed before it.</summary>
internal sealed class EarlyAnswerStore(IStateStore inner) : IStateStore
{
    public IPreparedBatch Prepare(StateBatch batch) => inner.Prepare(batch);

    public ValueTask<InsertResult> InsertAsync(IPreparedBatch batch, CancellationToken cancellationToken)
    {
        _ = inner.InsertAsync(batch, cancellationToken).AsTask();
        return new(InsertResult.Inserted);
    }

    public ValueTask<bool> IsReachableAsync(CancellationToken cancellationToken) => inner.IsReachableAsync(cancellationToken);
}
