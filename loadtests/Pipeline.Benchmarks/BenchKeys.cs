using Pipeline.Storage.Keys;

namespace Pipeline.Benchmarks;

/// <summary>The one key of the benchmarks.</summary>
internal sealed class BenchKeys(SecretHasher hasher) : IApiKeySource
{
    public ValueTask<ApiKey?> FindAsync(string publicKey, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ApiKey?>(publicKey == "pk-bench" ? new ApiKey(publicKey, hasher.Hash("sk-bench"), "bench", "bench", "bench", "bench", null) : null);
}
