using System.Collections.Concurrent;
using Pipeline.Storage.Keys;

namespace Pipeline.Testing.Gateway;

/// <summary>A key store in memory that a test changes, counts and breaks.</summary>
public sealed class ScriptedKeySource : IApiKeySource
{
    private int _lookups;

    public ConcurrentDictionary<string, ApiKey> Keys { get; } = new(StringComparer.Ordinal);

    /// <summary>While set, every look-up fails.</summary>
    public bool IsDown { get; set; }

    /// <summary>While set, look-ups wait until it completes.</summary>
    public TaskCompletionSource? Barrier { get; set; }

    public int Lookups => Volatile.Read(ref _lookups);

    public async ValueTask<ApiKey?> FindAsync(string publicKey, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _lookups);
        if (Barrier is { } barrier)
        {
            await barrier.Task.WaitAsync(cancellationToken);
        }

        return IsDown ? throw new ApiKeySourceUnavailableException("scripted outage") : Keys.GetValueOrDefault(publicKey);
    }
}
