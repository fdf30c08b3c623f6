using Pipeline.Storage.Keys;

namespace Pipeline.Gateway.Authentication;

/// <summary>Who sent a request.</summary>
/// <param name="Key">The key as the store last told it.</param>
/// <param name="ProjectId">The project; every record of the request belongs to it, whatever a body says.</param>
/// <param name="Scope">What it may send.</param>
internal sealed record Principal(ApiKey Key, string ProjectId, AccessScope Scope);
