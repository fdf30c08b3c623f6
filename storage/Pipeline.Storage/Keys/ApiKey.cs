namespace Pipeline.Storage.Keys;

/// <summary>One active API key with its project.</summary>
/// <param name="PublicKey">The public half, by which it is looked up.</param>
/// <param name="SecretHash">What <see cref="SecretHasher"/> makes of the secret half.</param>
/// <param name="ProjectId">Project that the key writes to; null for a key of an organisation, which writes nothing.</param>
/// <param name="ProjectName">Name of the project.</param>
/// <param name="OrganizationId">Organisation of the project.</param>
/// <param name="OrganizationName">Name of the organisation.</param>
/// <param name="ExpiresAt">From then on the key is refused; null when it does not expire.</param>
public sealed record ApiKey(
    string PublicKey,
    ReadOnlyMemory<byte> SecretHash,
    string? ProjectId,
    string ProjectName,
    string OrganizationId,
    string OrganizationName,
    DateTimeOffset? ExpiresAt);
