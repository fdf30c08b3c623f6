using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Pipeline.ServiceDefaults.Health;

namespace Pipeline.ServiceDefaults.Lifetime;

/// <summary>Ends the process in order and in time: not ready first, then the drain delay, then the host's stop, and an exit by force when that hangs.</summary>
/// <remarks>
/// Only the process's own host has this; a host inside a test must not end its process. A forced exit loses nothing that was answered:
/// an answer follows the log's acknowledgement.
/// </remarks>
internal sealed class ProcessLifetime(
    ServiceHealth health,
    IHostApplicationLifetime lifetime,
    IOptions<ProcessLifetimeOptions> options,
    TimeProvider clock,
    ILogger<ProcessLifetime> log) : IHostedLifecycleService, IDisposable
{
    // What the host needs beyond its own timeout to notice it and to dispose its services.
    private static readonly TimeSpan ForcedExitSlack = TimeSpan.FromSeconds(3);

    private ITimer? _forcedExit;

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        if (options.Value.StopsWithStandardInput)
        {
            // A thread of its own: a blocked read of standard input cannot be cancelled and must not hold a pool thread.
            var watcher = new Thread(StopAtEndOfStandardInput) { IsBackground = true, Name = "parent watcher" };
            watcher.Start();
        }

        lifetime.ApplicationStopping.Register(OnStopping);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) =>
        options.Value.DrainDelay > TimeSpan.Zero ? Task.Delay(options.Value.DrainDelay, clock, cancellationToken) : Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _forcedExit?.Dispose();

    private void OnStopping()
    {
        health.BeginStopping();
        var limit = options.Value.DrainDelay + options.Value.ShutdownTimeout + ForcedExitSlack;
        _forcedExit = clock.CreateTimer(ExitByForce, limit, limit, Timeout.InfiniteTimeSpan);
    }

    private void ExitByForce(object? limit)
    {
        Log.ShutdownTimedOut(log, ((TimeSpan)limit!).TotalSeconds);
        Environment.Exit(1);
    }

    private void StopAtEndOfStandardInput()
    {
        Span<byte> ignored = stackalloc byte[64];
        using var input = Console.OpenStandardInput();
        while (input.Read(ignored) > 0)
        {
        }

        Log.ParentLeft(log);
        lifetime.StopApplication();
    }
}
