namespace Pipeline.Storage.Postgres.Keys;

/// <summary>A new key; the only time its secret is shown.</summary>
/// <param name="PublicKey">Public half.</param>
/// <param name="SecretKey">Secret half.</param>
/// <param name="ProjectId">Its project.</param>
public sealed record CreatedApiKey(string PublicKey, string SecretKey, string ProjectId);
