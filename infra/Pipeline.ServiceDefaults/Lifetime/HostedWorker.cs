using Microsoft.Extensions.Hosting;

namespace Pipeline.ServiceDefaults.Lifetime;

/// <summary>A loop that runs as long as its host; when it throws, the host stops and the process ends with a code that is not 0.</summary>
/// <remarks>
/// The loop handles expected failures itself (retry with jitter, outcome values). What escapes is a fault, and going on without the loop
/// would look like health while nothing moves. Cancellation through the stopping token is the normal end.
/// </remarks>
public abstract class HostedWorker : BackgroundService
{
    private readonly ExitStatus _exitStatus;

    /// <summary>Creates the worker.</summary>
    protected HostedWorker(ExitStatus exitStatus) => _exitStatus = exitStatus;

    /// <summary>The loop.</summary>
    protected abstract Task RunAsync(CancellationToken stopping);

    /// <inheritdoc />
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
        catch
        {
            _exitStatus.ReportFault();
            throw;
        }
    }
}
