using System.Collections.Concurrent;
using Pipeline.Storage;

namespace Pipeline.EndToEnd.Tests.Faults;

/// <summary>What the writers of a pipeline asked of their store, and what it said.</summary>
internal sealed class InsertCounts
{
    private readonly ConcurrentDictionary<Guid, int> _confirmations = new();
    private readonly ConcurrentDictionary<string, int> _batches = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<InsertResult> _failures = new();

    /// <summary>Inserts that did not succeed.</summary>
    internal IReadOnlyCollection<InsertResult> Failures => _failures;

    /// <summary>Records that were stored.</summary>
    internal int Records => _confirmations.Count;

    /// <summary>How often records were stored again: the price of at-least-once.</summary>
    internal int Redelivered => _confirmations.Values.Sum(count => count - 1);

    /// <summary>Batches that a member stored.</summary>
    internal int BatchesOf(string member) => _batches.GetValueOrDefault(member);

    internal void Failed(InsertResult result) => _failures.Enqueue(result);

    internal void Stored(string member, IReadOnlyList<Guid> records)
    {
        _batches.AddOrUpdate(member, 1, static (_, count) => count + 1);
        foreach (var record in records)
        {
            _confirmations.AddOrUpdate(record, 1, static (_, count) => count + 1);
        }
    }
}
