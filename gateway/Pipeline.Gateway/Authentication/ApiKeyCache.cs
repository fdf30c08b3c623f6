using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Pipeline.Storage.Keys;

namespace Pipeline.Gateway.Authentication;

/// <summary>Checks credentials from memory; the key store is asked for new keys and, in the background, again for those in use.</summary>
/// <remarks>
/// <para>
/// Thread-safe. The usual request costs one keyed hash and two dictionary look-ups. A key in use is confirmed again after about 15 s;
/// above 29 s without confirmation a request waits for it, so a revoked key is refused within 30 s.
/// </para>
/// <para>
/// While the store is down, keys confirmed in the last ten minutes are served, and keys that are not in memory are answered 503: "not
/// known now" is not "unknown". The secret is compared for unknown keys too, against a digest of nothing, so that time tells nothing.
/// </para>
/// </remarks>
internal sealed class ApiKeyCache : IDisposable
{
    // After a failed look-up of a key that is served stale: how long until the next request tries again.
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, CachedKey> _keys = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<HeaderDigest, VerifiedCredentials> _verified = new();
    private readonly ConcurrentQueue<string> _order = new();
    private readonly byte[] _processKey = RandomNumberGenerator.GetBytes(32);
    private readonly UnknownKeys _unknown;
    private readonly KeyLookups _lookups;
    private readonly SecretHasher _hasher;
    private readonly byte[] _dummyHash;
    private readonly GatewayOptions _options;
    private readonly TimeProvider _clock;
    private readonly Random _random;
    private long _lastFailure = long.MinValue;

    public ApiKeyCache(
        IApiKeySource source,
        SecretHasher hasher,
        GatewayOptions options,
        GatewayMetrics metrics,
        TimeProvider clock,
        Random random,
        ILogger<ApiKeyCache> logger)
    {
        _hasher = hasher;
        _dummyHash = hasher.Hash(Convert.ToHexString(_processKey));
        _options = options;
        _clock = clock;
        _random = random;
        _unknown = new UnknownKeys(options.MaxCachedKeys, options.UnknownKeyTimeToLive, clock);
        _lookups = new KeyLookups(source, OnLookedUp, metrics, options, clock, logger);
    }

    /// <summary>Checks an Authorization header.</summary>
    internal ValueTask<AuthenticationResult> AuthenticateAsync(string? header)
    {
        if (string.IsNullOrEmpty(header))
        {
            return new(AuthenticationOutcome.NoHeader);
        }

        var digest = HeaderDigest.Of(header, _processKey);
        if (_verified.TryGetValue(digest, out var verified)
            && _keys.TryGetValue(verified.PublicKey, out var cached)
            && ReferenceEquals(cached.Key, verified.Key)
            && _clock.GetElapsedTime(cached.ConfirmedAt) is var age
            && age < _options.KeyTimeToLive
            && !IsExpired(cached.Key))
        {
            if (age >= cached.RefreshAfter && !FailedJustNow())
            {
                _ = _lookups.FindAsync(verified.PublicKey);
            }

            return new(new AuthenticationResult(AuthenticationOutcome.Authenticated, verified.Principal));
        }

        return AuthenticateSlowlyAsync(header, digest);
    }

    public void Dispose() => _lookups.Dispose();

    private async ValueTask<AuthenticationResult> AuthenticateSlowlyAsync(string header, HeaderDigest digest)
    {
        if (!Credentials.TryParse(header, out var credentials))
        {
            return AuthenticationOutcome.InvalidHeader;
        }

        var (lookup, cached) = await FindAsync(credentials.PublicKey);
        if (lookup == KeyLookupOutcome.Unavailable)
        {
            return AuthenticationOutcome.StoreUnavailable;
        }

        var isGood = credentials.Secret is null || _hasher.Verify(credentials.Secret, cached is null ? _dummyHash : cached.Key.SecretHash.Span);
        if (cached is null || !isGood || IsExpired(cached.Key))
        {
            return credentials.Secret is null ? AuthenticationOutcome.InvalidPublicKey : AuthenticationOutcome.InvalidCredentials;
        }

        if ((credentials.Secret is null ? cached.Scores : cached.Project) is not { } principal)
        {
            return credentials.Secret is null ? AuthenticationOutcome.OrganizationPublicKey : AuthenticationOutcome.OrganizationKey;
        }

        // One key has many spellings of its header; starting over is cheaper than an order of use on the hot path.
        if (_verified.Count >= _options.MaxCachedKeys)
        {
            _verified.Clear();
        }

        _verified[digest] = new VerifiedCredentials(credentials.PublicKey, cached.Key, principal);
        return new AuthenticationResult(AuthenticationOutcome.Authenticated, principal);
    }

    private async ValueTask<(KeyLookupOutcome Outcome, CachedKey? Key)> FindAsync(string publicKey)
    {
        if (_keys.TryGetValue(publicKey, out var cached))
        {
            var age = _clock.GetElapsedTime(cached.ConfirmedAt);
            var mayServeStale = age < _options.KeyTimeToLive + _options.KeyStaleLimit;
            if (age < _options.KeyTimeToLive || (mayServeStale && FailedJustNow()))
            {
                return (KeyLookupOutcome.Found, cached);
            }

            var refreshed = await _lookups.FindAsync(publicKey);
            if (refreshed == KeyLookupOutcome.Unavailable)
            {
                return mayServeStale ? (KeyLookupOutcome.Found, cached) : (KeyLookupOutcome.Unavailable, null);
            }
        }
        else if (_unknown.Contains(publicKey))
        {
            return (KeyLookupOutcome.NotFound, null);
        }
        else if (await _lookups.FindAsync(publicKey) == KeyLookupOutcome.Unavailable)
        {
            return (KeyLookupOutcome.Unavailable, null);
        }

        return _keys.TryGetValue(publicKey, out cached) ? (KeyLookupOutcome.Found, cached) : (KeyLookupOutcome.NotFound, null);
    }

    private void OnLookedUp(string publicKey, KeyLookupOutcome outcome, ApiKey? key)
    {
        switch (outcome)
        {
            case KeyLookupOutcome.Found:
                Remember(publicKey, key!);
                Volatile.Write(ref _lastFailure, long.MinValue);
                break;
            case KeyLookupOutcome.NotFound:
                _keys.TryRemove(publicKey, out _);
                _unknown.Add(publicKey);
                Volatile.Write(ref _lastFailure, long.MinValue);
                break;
            default:
                Volatile.Write(ref _lastFailure, _clock.GetTimestamp());
                break;
        }
    }

    private void Remember(string publicKey, ApiKey key)
    {
        double jitter;
        lock (_random)
        {
            jitter = _random.NextDouble() / 3;
        }

        var refreshAfter = _options.KeyRefreshAfter * (1 - jitter);
        if (_keys.TryGetValue(publicKey, out var known))
        {
            _keys[publicKey] = new CachedKey(IsSame(known.Key, key) ? known.Key : key, _clock.GetTimestamp(), refreshAfter);
            return;
        }

        _keys[publicKey] = new CachedKey(key, _clock.GetTimestamp(), refreshAfter);
        _order.Enqueue(publicKey);
        while (_order.Count > _options.MaxCachedKeys && _order.TryDequeue(out var oldest))
        {
            _keys.TryRemove(oldest, out _);
        }
    }

    private bool FailedJustNow() => Volatile.Read(ref _lastFailure) is var last && last != long.MinValue && _clock.GetElapsedTime(last) < RetryPause;

    private bool IsExpired(ApiKey key) => key.ExpiresAt is { } expiresAt && expiresAt <= _clock.GetUtcNow();

    private static bool IsSame(ApiKey known, ApiKey found) =>
        known.SecretHash.Span.SequenceEqual(found.SecretHash.Span) && known with { SecretHash = default } == found with { SecretHash = default };
}
