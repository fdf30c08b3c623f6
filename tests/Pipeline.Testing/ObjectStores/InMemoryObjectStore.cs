using System.Runtime.CompilerServices;
using Pipeline.Storage.ObjectStores;

namespace Pipeline.Testing.ObjectStores;

/// <summary>Objects in memory, with failures that a test plans. Single-threaded use in a simulation.</summary>
public sealed class InMemoryObjectStore(TimeProvider clock) : IObjectStore
{
    private readonly SortedDictionary<string, byte[]> _objects = new(StringComparer.Ordinal);

    public string Location => "memory";

    /// <summary>Decides what becomes of a put; null stores it.</summary>
    public Func<string, PutPlan>? Plan { get; set; }

    public IReadOnlyDictionary<string, byte[]> Objects => _objects;

    public async ValueTask<PutOutcome> PutAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await Task.Yield();
        var plan = Plan?.Invoke(key) ?? PutPlan.Stored;
        if (plan.Latency > TimeSpan.Zero)
        {
            await Task.Delay(plan.Latency, clock, cancellationToken);
        }

        var outcome = !plan.Stores ? PutOutcome.Exists : _objects.TryAdd(key, content.ToArray()) ? PutOutcome.Created : PutOutcome.Exists;
        return plan.Answers ? outcome : throw new ObjectStoreException("the object store does not answer");
    }

    public async ValueTask<byte[]?> GetAsync(string key, CancellationToken cancellationToken)
    {
        await Task.Yield();
        return _objects.GetValueOrDefault(key);
    }

    public async IAsyncEnumerable<ObjectEntry> ListAsync(string prefix, string? startAfter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        foreach (var (key, content) in _objects)
        {
            if (key.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(key, startAfter) > 0)
            {
                yield return new ObjectEntry(key, content.Length);
            }
        }
    }

    public async ValueTask DeleteAsync(string key, CancellationToken cancellationToken)
    {
        await Task.Yield();
        _objects.Remove(key);
    }
}
