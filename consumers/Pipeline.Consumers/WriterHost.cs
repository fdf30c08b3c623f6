using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Pipeline.Buffer;
using Pipeline.Consumers.Inserting;
using Pipeline.Consumers.Pressure;
using Pipeline.Consumers.Reading;
using Pipeline.Consumers.Rescuing;
using Pipeline.Consumers.Retention;
using Pipeline.Consumers.Stalls;
using Pipeline.Schemas.Records;
using Pipeline.ServiceDefaults.Health;
using Pipeline.ServiceDefaults.Lifetime;

namespace Pipeline.Consumers;

/// <summary>A running writer consumer.</summary>
public sealed class WriterHost : ConsumerHost
{
    private WriterHost(WebApplication application)
        : base(application)
    {
    }

    /// <summary>Starts a consumer.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is wrong; the message names it.</exception>
    public static async Task<WriterHost> StartAsync(WriterSetup setup, CancellationToken cancellationToken = default)
    {
        setup.Options.ThrowIfInvalid();
        var host = new WriterHost(ConsumerApplication.Build("consumer", setup, setup.Options, new StoreProbe(setup.Store.IsReachableAsync), services => AddWorkers(services, setup)));
        await host.BeginAsync(cancellationToken);
        return host;
    }

    /// <summary>Starts a consumer, waits until it is told to stop, and returns the exit code.</summary>
    public static async Task<int> RunAsync(WriterSetup setup, CancellationToken cancellationToken)
    {
        await using var host = await StartAsync(setup, cancellationToken);
        await host.WaitForShutdownAsync(cancellationToken);
        return host.ExitCode;
    }

    private static void AddWorkers(IServiceCollection services, WriterSetup setup)
    {
        for (var i = 0; i < setup.Options.Members; i++)
        {
            var memberId = setup.Options.MemberName(i);
            services.AddSingleton<IHostedService>(provider => WorkerOf(provider, setup, memberId));
        }

        if (setup.ReplayLog is { } replayLog)
        {
            services.AddSingleton<IHostedService>(provider => ReplayWorkerOf(provider, setup, replayLog));
        }

        foreach (var retention in setup.Retentions)
        {
            services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<RetentionWorker>(provider, retention));
        }

        if (setup.Options.FailedRetention > TimeSpan.Zero)
        {
            services.AddSingleton(setup.Failures);
            services.AddHostedService<FailedExpiryWorker>();
        }

        if (setup.Pressure is { } pressure)
        {
            services.AddSingleton(pressure);
            services.AddHostedService<PressureWorker>();
        }
    }

    private static TraceInsertWorker WorkerOf(IServiceProvider provider, WriterSetup setup, string memberId) =>
        WorkerOf(provider, setup, setup.Log, ConsumerApplication.MemberOf(provider, setup, setup.Options, memberId, provider.GetRequiredService<WriterProgress>()));

    // A progress of its own: a replay that waits or fails does not make the consumer of live traffic unready.
    private static TraceInsertWorker ReplayWorkerOf(IServiceProvider provider, WriterSetup setup, IEventLog replayLog)
    {
        var progress = new WriterProgress(new ServiceHealth(setup.Clock), setup.Options, setup.Clock);
        provider.GetRequiredService<ConsumerMetrics>().ShowReplay(progress);
        var member = ConsumerApplication.MemberOf(provider, setup, setup.Options, $"{setup.Options.EffectiveMemberId}-replay", progress);
        return WorkerOf(provider, setup, replayLog, member with { Lane = RecordLane.Replay });
    }

    private static TraceInsertWorker WorkerOf(IServiceProvider provider, WriterSetup setup, IEventLog log, WriterMember member) => new(
        member, log, WatchedStoreOf(setup, member), setup.Failures, provider.GetRequiredService<ExitStatus>(), ConsumerApplication.Started(provider));

    private static WatchedStore WatchedStoreOf(WriterSetup setup, WriterMember member)
    {
        var longestPause = setup.Options.RetryMaxPause > setup.Options.OverloadMinPause ? setup.Options.RetryMaxPause : setup.Options.OverloadMinPause;
        return new WatchedStore(setup.Store, member.Progress.Stalls.Member(member.Id), GroupWorker.StuckAfter, 2 * longestPause);
    }
}
