using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Pipeline.Buffer;
using Pipeline.Consumers.Inserting;
using Pipeline.Consumers.Pressure;
using Pipeline.Consumers.Reading;
using Pipeline.Consumers.Rescuing;
using Pipeline.Consumers.Retention;
using Pipeline.Consumers.Stalls;
using Pipeline.Schemas.Records;
using Pipeline.ServiceDefaults;
using Pipeline.ServiceDefaults.Health;
using Pipeline.ServiceDefaults.Lifetime;
using Pipeline.ServiceDefaults.Logging;

namespace Pipeline.Consumers;

/// <summary>A running writer consumer.</summary>
public sealed class WriterHost : IAsyncDisposable
{
    private readonly WebApplication _application;
    private int _stopped;

    private WriterHost(WebApplication application) => _application = application;

    /// <summary>The exit code for the process: 0 unless the loop failed for good.</summary>
    public int ExitCode => _application.Services.GetRequiredService<ExitStatus>().Code;

    /// <summary>Where health and metrics are served.</summary>
    public Uri HealthAddress => new(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Starts a consumer.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is wrong; the message names it.</exception>
    public static async Task<WriterHost> StartAsync(WriterSetup setup, CancellationToken cancellationToken = default)
    {
        setup.Options.ThrowIfInvalid();
        var host = new WriterHost(Build(setup));
        await host._application.StartAsync(cancellationToken);
        Consumers.Log.HealthServed(host._application.Services.GetRequiredService<ILogger<WriterHost>>(), host.HealthAddress);

        return host;
    }

    /// <summary>Starts a consumer, waits until it is told to stop, and returns the exit code.</summary>
    public static async Task<int> RunAsync(WriterSetup setup, CancellationToken cancellationToken)
    {
        await using var host = await StartAsync(setup, cancellationToken);
        await host._application.WaitForShutdownAsync(cancellationToken);
        return host.ExitCode;
    }

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
    }

    private static WebApplication Build(WriterSetup setup)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        if (setup.LogFormat is { } format)
        {
            builder.Logging.AddPipelineConsole(format);
            builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        }

        AddServices(builder.Services, setup);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, setup.Options.HealthPort);
        });

        var application = builder.Build();
        var logger = application.Services.GetRequiredService<ILogger<WriterHost>>();
        if (setup.Log is IEventLogTroubles troubles)
        {
            troubles.ReportTroublesTo((member, reason) => Consumers.Log.ReaderInTrouble(logger, member, reason));
            troubles.ReportJumpsTo(application.Services.GetRequiredService<UnreadExpiry>().Jumped);
        }

        application.Run(application.Services.GetRequiredService<HealthApplication>().HandleAsync);
        return application;
    }

    private static void AddServices(IServiceCollection services, WriterSetup setup)
    {
        services.AddSingleton(setup.Clock);
        services.AddSingleton(setup.Options);
        services.AddSingleton(setup.Log);
        services.AddSingleton(setup.Store);
        services.AddServiceDefaults(ServiceIdentity.Of("consumer", typeof(WriterHost).Assembly), ConsumerMetrics.MeterName);
        services.AddSingleton<ConsumerMetrics>();
        services.AddSingleton<WriterProgress>();
        services.AddSingleton<UnreadExpiry>();
        services.AddSingleton<HealthApplication>();
        services.AddSingleton(provider => new TopicPreflight(setup.Log, setup.Topic, provider.GetRequiredService<ILogger<TopicPreflight>>()));
        for (var i = 0; i < setup.Options.Members; i++)
        {
            var memberId = setup.Options.MemberName(i);
            services.AddSingleton<IHostedService>(provider => WorkerOf(provider, setup, memberId));
        }

        if (setup.ReplayLog is { } replayLog)
        {
            services.AddSingleton<IHostedService>(provider => ReplayWorkerOf(provider, setup, replayLog));
        }

        services.AddHostedService<PositionWorker>();
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

        if (setup.OwnsProcess)
        {
            services.AddProcessLifetime(setup.ConfigureLifetime);
        }
        else
        {
            services.AddSingleton<IHostLifetime, DetachedLifetime>();
        }
    }

    private static TraceInsertWorker WorkerOf(IServiceProvider provider, WriterSetup setup, string memberId) =>
        WorkerOf(provider, setup, setup.Log, MemberOf(provider, setup, memberId, provider.GetRequiredService<WriterProgress>()));

    // A progress of its own: a replay that waits or fails does not make the consumer of live traffic unready.
    private static TraceInsertWorker ReplayWorkerOf(IServiceProvider provider, WriterSetup setup, IEventLog replayLog) => WorkerOf(
        provider,
        setup,
        replayLog,
        MemberOf(provider, setup, $"{setup.Options.EffectiveMemberId}-replay", new WriterProgress(new ServiceHealth(setup.Clock), setup.Options, setup.Clock)) with { Lane = RecordLane.Replay });

    private static TraceInsertWorker WorkerOf(IServiceProvider provider, WriterSetup setup, IEventLog log, WriterMember member) => new(
        member, log, WatchedStoreOf(setup, member), setup.Failures, provider.GetRequiredService<ExitStatus>(), Started(provider.GetRequiredService<IHostApplicationLifetime>()));

    private static WatchedStore WatchedStoreOf(WriterSetup setup, WriterMember member)
    {
        var longestPause = setup.Options.RetryMaxPause > setup.Options.OverloadMinPause ? setup.Options.RetryMaxPause : setup.Options.OverloadMinPause;
        return new WatchedStore(setup.Store, member.Progress.Stalls.Member(member.Id), TraceInsertWorker.StuckAfter, 2 * longestPause);
    }

    private static WriterMember MemberOf(IServiceProvider provider, WriterSetup setup, string memberId, WriterProgress progress) => new(
        memberId,
        setup.Options,
        provider.GetRequiredService<ConsumerMetrics>(),
        progress,
        provider.GetRequiredService<ServiceHealth>().AddHeartbeat(memberId, TraceInsertWorker.StuckAfter),
        setup.StepKill,
        setup.Clock,
        new Random(setup.Random.Next()),
        provider.GetRequiredService<ILogger<TraceInsertWorker>>());

    private static Task Started(IHostApplicationLifetime lifetime)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lifetime.ApplicationStarted.Register(started.SetResult);
        return started.Task;
    }
}
