namespace Pipeline.Storage.Postgres.Keys;

/// <summary>One key as <c>pipeline keys list</c> shows it.</summary>
/// <param name="PublicKey">Public half.</param>
/// <param name="DisplaySecretKey">First six and last four characters of the secret.</param>
/// <param name="ProjectId">Its project.</param>
/// <param name="ProjectName">Name of the project.</param>
/// <param name="OrganizationName">Name of the organisation.</param>
/// <param name="Note">What it is for.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="ExpiresAt">When it expires; null when it does not.</param>
/// <param name="RevokedAt">When it was revoked; null while it is active.</param>
public sealed record ApiKeyListing(
    string PublicKey,
    string DisplaySecretKey,
    string ProjectId,
    string ProjectName,
    string OrganizationName,
    string Note,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? RevokedAt);
