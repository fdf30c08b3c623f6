using Pipeline.Storage.Keys;

namespace Pipeline.Gateway.Authentication;

/// <summary>A known key, as the store told it at a time.</summary>
/// <param name="Key">The key; the same object as before when a look-up found it unchanged.</param>
/// <param name="ConfirmedAt">Timestamp of the look-up.</param>
/// <param name="RefreshAfter">Age at which to look again; drawn at random so that keys loaded together do not refresh together.</param>
internal sealed record CachedKey(ApiKey Key, long ConfirmedAt, TimeSpan RefreshAfter)
{
    /// <summary>The principal for public and secret key; null for an organisation's key.</summary>
    internal Principal? Project { get; } = Key.ProjectId is { } id ? new Principal(Key, id, AccessScope.Project) : null;

    /// <summary>The principal for the public key alone.</summary>
    internal Principal? Scores { get; } = Key.ProjectId is { } id ? new Principal(Key, id, AccessScope.Scores) : null;
}
