using Pipeline.Storage.Keys;

namespace Pipeline.Gateway.Authentication;

/// <summary>Credentials that were checked against this very key; they count until the key changes or is gone.</summary>
internal sealed record VerifiedCredentials(string PublicKey, ApiKey Key, Principal Principal);
