using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Pipeline.ServiceDefaults.Lifetime;

namespace Pipeline.Consumers;

/// <summary>A running consumer.</summary>
public abstract class ConsumerHost : IAsyncDisposable
{
    private readonly WebApplication _application;
    private int _stopped;

    private protected ConsumerHost(WebApplication application) => _application = application;

    /// <summary>The exit code for the process: 0 unless the loop failed for good.</summary>
    public int ExitCode => _application.Services.GetRequiredService<ExitStatus>().Code;

    /// <summary>Where health and metrics are served.</summary>
    public Uri HealthAddress => new(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Completes when the consumer has stopped: by a signal, by a fault of its loop, or by <see cref="StopAsync"/>.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken = default) => _application.WaitForShutdownAsync(cancellationToken);

    /// <summary>Finishes the batch in hand and leaves the group.</summary>
    public Task StopAsync(CancellationToken cancellationToken = default) =>
        Interlocked.Exchange(ref _stopped, 1) == 0 ? _application.StopAsync(cancellationToken) : Task.CompletedTask;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        await _application.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected async Task BeginAsync(CancellationToken cancellationToken)
    {
        await _application.StartAsync(cancellationToken);
        Log.HealthServed(_application.Services.GetRequiredService<ILogger<ConsumerHost>>(), HealthAddress);
    }
}
