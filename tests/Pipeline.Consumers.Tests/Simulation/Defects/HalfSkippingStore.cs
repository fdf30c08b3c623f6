using Pipeline.Storage;
using Pipeline.Storage.Batches;
using Pipeline.Testing.Stores;

namespace Pipeline.Consumers.Tests.Simulation.Defects;

/// <summary>The defect: of a batch that was refused and halved, the second half is not inserted.</summary>
internal sealed class HalfSkippingStore(IStateStore inner) : IStateStore
{
    private readonly HashSet<object> _lastRowsOfRefused = new(ReferenceEqualityComparer.Instance);

    public IPreparedBatch Prepare(StateBatch batch) => inner.Prepare(batch);

    public async ValueTask<InsertResult> InsertAsync(IPreparedBatch batch, CancellationToken cancellationToken)
    {
        var states = ((InMemoryBatch)batch).States;
        var last = states.Receipts.Count > 0 ? null : states.Observations.LastOrDefault();
        if (last is not null && _lastRowsOfRefused.Contains(last))
        {
            return InsertResult.Inserted;
        }

        var result = await inner.InsertAsync(batch, cancellationToken);
        if (last is not null && states.Observations.Count > 1 && result.Outcome is InsertOutcome.Poisoned or InsertOutcome.TooLarge)
        {
            _lastRowsOfRefused.Add(last);
        }

        return result;
    }

    public ValueTask<bool> IsReachableAsync(CancellationToken cancellationToken) => inner.IsReachableAsync(cancellationToken);
}
