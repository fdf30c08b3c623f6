using Microsoft.Extensions.Hosting;

namespace Pipeline.Gateway;

/// <summary>The lifetime of a gateway inside another process: signals are that process's business.</summary>
internal sealed class DetachedLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
