using System.Collections.Concurrent;

namespace Pipeline.Gateway.Authentication;

/// <summary>Public keys that the store does not know, so that a flood of bad requests does not become a flood of queries.</summary>
/// <remarks>Thread-safe. Bounded: the oldest goes first when it is full.</remarks>
internal sealed class UnknownKeys(int capacity, TimeSpan timeToLive, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, long> _addedAt = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _order = new();

    internal bool Contains(string publicKey) => _addedAt.TryGetValue(publicKey, out var addedAt) && clock.GetElapsedTime(addedAt) < timeToLive;

    internal void Add(string publicKey)
    {
        var now = clock.GetTimestamp();
        if (!_addedAt.TryAdd(publicKey, now))
        {
            _addedAt[publicKey] = now;
            return;
        }

        _order.Enqueue(publicKey);
        while (_order.Count > capacity && _order.TryDequeue(out var oldest))
        {
            _addedAt.TryRemove(oldest, out _);
        }
    }
}
