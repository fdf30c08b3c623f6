using System.Runtime.CompilerServices;
using Pipeline.Storage.ObjectStores;

namespace Pipeline.Testing.ObjectStores;

/// <summary>An object store in memory that fails as a test says. Thread-safe; alone on one thread it behaves the same in every run.</summary>
public sealed class InMemoryObjectStore(TimeProvider clock) : IObjectStore
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, byte[]> _objects = new(StringComparer.Ordinal);
    private readonly Dictionary<(ObjectOperation Operation, string Key), int> _attempts = [];

    /// <summary>Decides what becomes of a call; null does what is asked.</summary>
    public Func<ObjectCall, ObjectPlan>? Plan { get; set; }

    /// <summary>Called when an object is stored, before the caller learns it.</summary>
    public Action<string>? Stored { get; set; }

    /// <summary>Calls on their way now.</summary>
    public int InFlight { get; private set; }

    /// <summary>Every call, in order.</summary>
    public List<ObjectCall> Calls { get; } = [];

    public string Location => "memory";

    /// <summary>The keys, in order.</summary>
    public IReadOnlyList<string> Keys => Locked<IReadOnlyList<string>>(() => [.. _objects.Keys]);

    public async ValueTask<PutOutcome> PutAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        ObjectKeyRule.ThrowIfNoKey(key);
        var bytes = content.ToArray();
        return await RunAsync(
            ObjectOperation.Put,
            key,
            plan =>
            {
                if (!_objects.TryAdd(key, plan.StoredInstead ?? bytes))
                {
                    return PutOutcome.Exists;
                }

                Stored?.Invoke(key);
                return PutOutcome.Created;
            },
            cancellationToken);
    }

    public async ValueTask<byte[]?> GetAsync(string key, CancellationToken cancellationToken)
    {
        ObjectKeyRule.ThrowIfNoKey(key);
        return await RunAsync(ObjectOperation.Get, key, _ => _objects.TryGetValue(key, out var bytes) ? bytes.ToArray() : null, cancellationToken);
    }

    public async IAsyncEnumerable<ObjectEntry> ListAsync(
        string prefix, string? startAfter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ObjectKeyRule.ThrowIfNoPrefix(prefix);
        var found = await RunAsync(
            ObjectOperation.List,
            prefix,
            _ => _objects
                .Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal) && (startAfter is null || string.CompareOrdinal(pair.Key, startAfter) > 0))
                .Select(pair => new ObjectEntry(pair.Key, pair.Value.Length)).ToList(),
            cancellationToken);
        foreach (var entry in found)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return entry;
        }
    }

    public async ValueTask DeleteAsync(string key, CancellationToken cancellationToken)
    {
        ObjectKeyRule.ThrowIfNoKey(key);
        await RunAsync(ObjectOperation.Delete, key, _ => _objects.Remove(key), cancellationToken);
    }

    /// <summary>The bytes as they lie there; null when there are none.</summary>
    public byte[]? Peek(string key) => Locked(() => _objects.GetValueOrDefault(key));

    /// <summary>Puts bytes in place of an object, or beside the others, as damage or a stranger would; null removes.</summary>
    public void Tamper(string key, byte[]? bytes) => Locked(() =>
    {
        _objects.Remove(key);
        if (bytes is not null)
        {
            _objects.Add(key, bytes);
        }

        return true;
    });

    private async Task<T> RunAsync<T>(ObjectOperation operation, string key, Func<ObjectPlan, T> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var call = Locked(() =>
        {
            var attempt = _attempts.GetValueOrDefault((operation, key));
            _attempts[(operation, key)] = attempt + 1;
            var made = new ObjectCall(operation, key, attempt);
            Calls.Add(made);
            InFlight++;
            return made;
        });
        try
        {
            // A request takes a moment, in which a process may die.
            await Task.Yield();
            var plan = Plan?.Invoke(call) ?? ObjectPlan.Done;
            if (plan.Latency > TimeSpan.Zero)
            {
                await Task.Delay(plan.Latency, clock, cancellationToken);
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (plan.FailsBefore is not null)
            {
                throw plan.FailsBefore;
            }

            var result = Locked(() => work(plan));
            await Task.Yield();
            return plan.FailsAfter is null ? result : throw plan.FailsAfter;
        }
        finally
        {
            Locked(() => InFlight--);
        }
    }

    private T Locked<T>(Func<T> read)
    {
        lock (_lock)
        {
            return read();
        }
    }
}
