using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Pipeline.Consumers.Reading;
using Pipeline.ServiceDefaults.Lifetime;

namespace Pipeline.Consumers.Archiving;

/// <summary>A running archive consumer: it copies every live record into the object store, beside the writers and never in their way.</summary>
public sealed class ArchiveHost : ConsumerHost
{
    private ArchiveHost(WebApplication application)
        : base(application)
    {
    }

    /// <summary>Starts a consumer.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is wrong; the message names it.</exception>
    public static async Task<ArchiveHost> StartAsync(ArchiveSetup setup, CancellationToken cancellationToken = default)
    {
        setup.Options.ThrowIfInvalid();
        var loop = setup.Options.ToLoop();
        var host = new ArchiveHost(ConsumerApplication.Build("archive", setup, loop, new StoreProbe(setup.Archive.IsReachableAsync), services => AddWorker(services, setup, loop)));
        await host.BeginAsync(cancellationToken);
        return host;
    }

    /// <summary>Starts a consumer, waits until it is told to stop, and returns the exit code.</summary>
    public static async Task<int> RunAsync(ArchiveSetup setup, CancellationToken cancellationToken)
    {
        await using var host = await StartAsync(setup, cancellationToken);
        await host.WaitForShutdownAsync(cancellationToken);
        return host.ExitCode;
    }

    private static void AddWorker(IServiceCollection services, ArchiveSetup setup, WriterOptions loop)
    {
        services.AddSingleton<ArchiveMetrics>();
        services.AddSingleton<IHostedService>(provider =>
        {
            var member = ConsumerApplication.MemberOf(provider, setup, loop, loop.EffectiveMemberId, provider.GetRequiredService<WriterProgress>());
            return new ArchiveWorker(
                member, setup.Options, setup.Log, setup.Archive, provider.GetRequiredService<ArchiveMetrics>(), provider.GetRequiredService<ExitStatus>(), ConsumerApplication.Started(provider));
        });
    }
}
