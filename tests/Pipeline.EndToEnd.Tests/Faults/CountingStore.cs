using System.Collections.Concurrent;
using Pipeline.Storage;
using Pipeline.Storage.Batches;
using Pipeline.Storage.ClickHouse.Inserting;

namespace Pipeline.EndToEnd.Tests.Faults;

/// <summary>The real store, counting what it is asked and what it says.</summary>
internal sealed class CountingStore(ClickHouseStateStore store) : IStateStore, IDisposable
{
    private readonly ConcurrentDictionary<Guid, int> _confirmations = new();
    private readonly ConcurrentQueue<InsertResult> _failures = new();

    /// <summary>Inserts that did not succeed.</summary>
    internal IReadOnlyCollection<InsertResult> Failures => _failures;

    /// <summary>Records that were stored.</summary>
    internal int Records => _confirmations.Count;

    /// <summary>How often records were stored again: the price of at-least-once.</summary>
    internal int Redelivered => _confirmations.Values.Sum(count => count - 1);

    public IPreparedBatch Prepare(StateBatch batch) => new CountedBatch(store.Prepare(batch), [.. batch.Receipts.Select(receipt => receipt.RecordId)]);

    public async ValueTask<InsertResult> InsertAsync(IPreparedBatch batch, CancellationToken cancellationToken)
    {
        var counted = (CountedBatch)batch;
        var result = await store.InsertAsync(counted.Inner, cancellationToken);
        if (result.Outcome != InsertOutcome.Inserted)
        {
            _failures.Enqueue(result);
            return result;
        }

        foreach (var record in counted.Records)
        {
            _confirmations.AddOrUpdate(record, 1, static (_, count) => count + 1);
        }

        return result;
    }

    public ValueTask<bool> IsReachableAsync(CancellationToken cancellationToken) => store.IsReachableAsync(cancellationToken);

    public void Dispose() => store.Dispose();
}
