using Microsoft.Extensions.Hosting;

namespace Pipeline.ServiceDefaults.Lifetime;

/// <summary>The lifetime of a host inside another process: signals are that process's business.</summary>
public sealed class DetachedLifetime : IHostLifetime
{
    /// <inheritdoc />
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
