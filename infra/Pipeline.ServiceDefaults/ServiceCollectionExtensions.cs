using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Pipeline.ServiceDefaults.Health;
using Pipeline.ServiceDefaults.Lifetime;
using Pipeline.ServiceDefaults.Metrics;

namespace Pipeline.ServiceDefaults;

/// <summary>What every host registers first.</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>Adds identity, health, exit status, meters and their exposition.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="identity">The process.</param>
    /// <param name="meterNames">Meters and trace sources to publish.</param>
    public static IServiceCollection AddServiceDefaults(this IServiceCollection services, ServiceIdentity identity, params string[] meterNames)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddSingleton(identity);
        services.AddSingleton(static provider => new ServiceHealth(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ExitStatus>();
        services.AddSingleton(new ServiceTelemetry(identity, meterNames));
        return services;
    }

    /// <summary>Adds the orderly end of a process: drain, stop in time, exit by force when stuck, leave with the parent.</summary>
    /// <remarks>For the host that owns the process; a host inside another process must not have it.</remarks>
    public static IServiceCollection AddProcessLifetime(this IServiceCollection services, Action<ProcessLifetimeOptions>? configure = null)
    {
        services.AddOptions<ProcessLifetimeOptions>()
            .Configure(options => configure?.Invoke(options))
            .Validate(static options => options.DrainDelay >= TimeSpan.Zero, "Lifetime:DrainDelay must not be negative")
            .Validate(static options => options.ShutdownTimeout > TimeSpan.Zero, "Lifetime:ShutdownTimeout must be positive")
            .ValidateOnStart();
        services.AddOptions<HostOptions>().Configure<IOptions<ProcessLifetimeOptions>>(static (host, lifetime) =>
            host.ShutdownTimeout = lifetime.Value.DrainDelay + lifetime.Value.ShutdownTimeout);
        services.AddHostedService<ProcessLifetime>();
        return services;
    }
}
