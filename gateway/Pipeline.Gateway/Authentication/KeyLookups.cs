using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Pipeline.Storage.Keys;

namespace Pipeline.Gateway.Authentication;

/// <summary>Asks the key store: once at a time for each key, a bounded number of keys at once, within a bounded time.</summary>
/// <remarks>Thread-safe. Callers share the look-up that is under way; one that gives up waiting does not stop it.</remarks>
internal sealed class KeyLookups(
    IApiKeySource source,
    Action<string, KeyLookupOutcome, ApiKey?> finished,
    GatewayMetrics metrics,
    GatewayOptions options,
    TimeProvider clock,
    ILogger logger) : IDisposable
{
    // Enough to refill a cold cache of thousands of keys in a second, and a small part of a database's connections.
    private const int MaxConcurrent = 16;

    // Requests that wait for a key which is not in memory; more than this is a flood of made-up keys.
    private const int MaxWaiting = 1024;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Task<KeyLookupOutcome>> _running = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _slots = new(MaxConcurrent, MaxConcurrent);
    private long _lastLog = long.MinValue;

    /// <summary>Looks a key up, or joins the look-up under way.</summary>
    internal Task<KeyLookupOutcome> FindAsync(string publicKey)
    {
        if (_running.TryGetValue(publicKey, out var running))
        {
            return running;
        }

        if (_running.Count >= MaxWaiting)
        {
            return Task.FromResult(KeyLookupOutcome.Unavailable);
        }

        var completion = new TaskCompletionSource<KeyLookupOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        var winner = _running.GetOrAdd(publicKey, completion.Task);
        if (winner == completion.Task)
        {
            _ = RunAsync(publicKey, completion);
        }

        return winner;
    }

    public void Dispose() => _slots.Dispose();

    private async Task RunAsync(string publicKey, TaskCompletionSource<KeyLookupOutcome> completion)
    {
        var outcome = KeyLookupOutcome.Unavailable;
        ApiKey? key = null;
        using var deadline = new CancellationTokenSource(Timeout, clock);
        try
        {
            await _slots.WaitAsync(deadline.Token);
            try
            {
                key = await source.FindAsync(publicKey, deadline.Token).AsTask().WaitAsync(deadline.Token);
                outcome = key is null ? KeyLookupOutcome.NotFound : KeyLookupOutcome.Found;
            }
            finally
            {
                _slots.Release();
            }
        }
        catch (ApiKeySourceUnavailableException unavailable)
        {
            LogUnavailable(unavailable.Message);
        }
        catch (OperationCanceledException)
        {
            LogUnavailable("no answer within 1.5 s");
        }
        catch (Exception fault)
        {
            // A fault of the adapter belongs to every request that waits for it.
            _running.TryRemove(publicKey, out _);
            completion.SetException(fault);
            return;
        }

        metrics.KeyLookedUp(outcome switch
        {
            KeyLookupOutcome.Found => "found",
            KeyLookupOutcome.NotFound => "not_found",
            _ => "unavailable",
        });
        finished(publicKey, outcome, key);
        _running.TryRemove(publicKey, out _);
        completion.SetResult(outcome);
    }

    private void LogUnavailable(string reason)
    {
        var last = Volatile.Read(ref _lastLog);
        var now = clock.GetTimestamp();
        if ((last == long.MinValue || clock.GetElapsedTime(last, now) > LogInterval) && Interlocked.CompareExchange(ref _lastLog, now, last) == last)
        {
            Log.KeyStoreUnavailable(logger, reason, options.KeyStaleLimit);
        }
    }
}
