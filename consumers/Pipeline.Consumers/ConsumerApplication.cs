using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Pipeline.Buffer;
using Pipeline.Consumers.Reading;
using Pipeline.ServiceDefaults;
using Pipeline.ServiceDefaults.Health;
using Pipeline.ServiceDefaults.Lifetime;
using Pipeline.ServiceDefaults.Logging;

namespace Pipeline.Consumers;

/// <summary>What the processes of all consumers share: health and metrics, the look at the positions, an orderly end.</summary>
internal static class ConsumerApplication
{
    /// <summary>Builds a consumer.</summary>
    /// <param name="service">Name of the service.</param>
    /// <param name="setup">What it is made of.</param>
    /// <param name="options">How its members read.</param>
    /// <param name="probe">Asks what it stores into.</param>
    /// <param name="addWorkers">Adds its members, and what else runs in it.</param>
    internal static WebApplication Build(string service, ConsumerSetup setup, WriterOptions options, StoreProbe probe, Action<IServiceCollection> addWorkers)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        if (setup.LogFormat is { } format)
        {
            builder.Logging.AddPipelineConsole(format);
            builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        }

        AddServices(builder.Services, service, setup, options);
        builder.Services.AddSingleton(probe);
        addWorkers(builder.Services);
        builder.Services.AddHostedService<PositionWorker>();
        if (setup.OwnsProcess)
        {
            builder.Services.AddProcessLifetime(setup.ConfigureLifetime);
        }
        else
        {
            builder.Services.AddSingleton<IHostLifetime, DetachedLifetime>();
        }

        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, options.HealthPort);
        });

        var application = builder.Build();
        var logger = application.Services.GetRequiredService<ILogger<ConsumerHost>>();
        if (setup.Log is IEventLogTroubles troubles)
        {
            troubles.ReportTroublesTo((member, reason) => Log.ReaderInTrouble(logger, member, reason));
            troubles.ReportJumpsTo(application.Services.GetRequiredService<UnreadExpiry>().Jumped);
        }

        application.Run(application.Services.GetRequiredService<HealthApplication>().HandleAsync);
        return application;
    }

    /// <summary>One member of the group.</summary>
    internal static WriterMember MemberOf(IServiceProvider provider, ConsumerSetup setup, WriterOptions options, string memberId, WriterProgress progress) => new(
        memberId,
        options,
        provider.GetRequiredService<ConsumerMetrics>(),
        progress,
        provider.GetRequiredService<ServiceHealth>().AddHeartbeat(memberId, GroupWorker.StuckAfter),
        setup.StepKill,
        setup.Clock,
        new Random(setup.Random.Next()),
        provider.GetRequiredService<ILogger<GroupWorker>>());

    /// <summary>Completes once the host has started.</summary>
    internal static Task Started(IServiceProvider provider)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        provider.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(started.SetResult);
        return started.Task;
    }

    private static void AddServices(IServiceCollection services, string service, ConsumerSetup setup, WriterOptions options)
    {
        services.AddSingleton(setup.Clock);
        services.AddSingleton(options);
        services.AddSingleton(setup.Log);
        services.AddServiceDefaults(ServiceIdentity.Of(service, typeof(ConsumerHost).Assembly), ConsumerMetrics.MeterName);
        services.AddSingleton<ConsumerMetrics>();
        services.AddSingleton<WriterProgress>();
        services.AddSingleton<UnreadExpiry>();
        services.AddSingleton<HealthApplication>();
        services.AddSingleton(provider => new TopicPreflight(setup.Log, setup.Topic, provider.GetRequiredService<ILogger<TopicPreflight>>()));
    }
}
