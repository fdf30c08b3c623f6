namespace Pipeline.Storage.Keys;

/// <summary>Where API keys are looked up.</summary>
/// <remarks>Thread-safe. Callers cache; every call reads the store, so that a revocation is seen by the next one.</remarks>
public interface IApiKeySource
{
    /// <summary>Finds the active key with that public half; null when there is none or it was revoked.</summary>
    /// <exception cref="ApiKeySourceUnavailableException">The store cannot be read now; nothing is known about the key.</exception>
    ValueTask<ApiKey?> FindAsync(string publicKey, CancellationToken cancellationToken);
}
