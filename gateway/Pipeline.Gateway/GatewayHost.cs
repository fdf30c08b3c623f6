using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Pipeline.Buffer;
using Pipeline.Gateway.Accounting;
using Pipeline.Gateway.Authentication;
using Pipeline.Gateway.Endpoints;
using Pipeline.Gateway.Publishing;
using Pipeline.ServiceDefaults;
using Pipeline.ServiceDefaults.Lifetime;
using Pipeline.ServiceDefaults.Logging;
using Pipeline.Storage.Keys;

namespace Pipeline.Gateway;

/// <summary>A running gateway.</summary>
/// <remarks>
/// It serves as soon as it listens: the log is opened in the background, and until then requests are answered 503 and readiness says why.
/// Stopping closes the listener first, finishes the requests in flight, and then reports the last acknowledged totals.
/// </remarks>
public sealed class GatewayHost : IAsyncDisposable
{
    private readonly WebApplication _application;
    private int _stopped;

    private GatewayHost(WebApplication application, Uri address)
    {
        _application = application;
        Address = address;
    }

    /// <summary>Where it listens, with the port that was taken when the options asked for any.</summary>
    public Uri Address { get; }

    /// <summary>The exit code for the process: 0 unless a worker failed for good.</summary>
    public int ExitCode => _application.Services.GetRequiredService<ExitStatus>().Code;

    internal IServiceProvider Services => _application.Services;

    /// <summary>Starts a gateway.</summary>
    /// <exception cref="OptionsValidationException">A setting is wrong; the message names it.</exception>
    /// <exception cref="IOException">The address is in use.</exception>
    public static async Task<GatewayHost> StartAsync(GatewaySetup setup, CancellationToken cancellationToken = default)
    {
        setup.Options.ThrowIfInvalid();
        var application = Build(setup);
        try
        {
            await application.StartAsync(cancellationToken);
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }

        var bound = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var host = new GatewayHost(application, new Uri(bound));
        Gateway.Log.GatewayStarted(application.Services.GetRequiredService<ILogger<GatewayHost>>(), host.Address);
        return host;
    }

    /// <summary>Starts a gateway inside another process, usually a test: signals do not concern it.</summary>
    public static Task<GatewayHost> StartAsync(GatewayOptions options, IEventLog log, IApiKeySource keys, SecretHasher hasher, TimeProvider clock) =>
        StartAsync(new GatewaySetup { Options = options, Log = log, Keys = keys, Hasher = hasher, Clock = clock, LogFormat = null });

    /// <summary>Starts a gateway, waits until it is told to stop, and returns the exit code.</summary>
    /// <param name="setup">What it is made of.</param>
    /// <param name="started">Called with the address once it listens.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<int> RunAsync(GatewaySetup setup, Action<Uri>? started, CancellationToken cancellationToken)
    {
        await using var host = await StartAsync(setup, cancellationToken);
        started?.Invoke(host.Address);
        await host.WaitForShutdownAsync(cancellationToken);
        return host.ExitCode;
    }

    /// <summary>Waits until the gateway has stopped: by a signal, by a failed worker, or by the token.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken = default) => _application.WaitForShutdownAsync(cancellationToken);

    /// <summary>Closes the listener, finishes the requests in flight and reports the last totals.</summary>
    public Task StopAsync(CancellationToken cancellationToken = default) =>
        Interlocked.Exchange(ref _stopped, 1) == 0 ? _application.StopAsync(cancellationToken) : Task.CompletedTask;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        await _application.DisposeAsync();
    }

    private static WebApplication Build(GatewaySetup setup)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        AddLogging(builder.Logging, setup);
        AddServices(builder.Services, setup);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, setup.Options));
        var application = builder.Build();
        application.Run(application.Services.GetRequiredService<GatewayApplication>().HandleAsync);
        return application;
    }

    private static void AddLogging(ILoggingBuilder logging, GatewaySetup setup)
    {
        if (setup.LogFormat is { } format)
        {
            logging.AddPipelineConsole(format);

            // Hosting would open a log scope and an activity for every request; ours carry the request id instead.
            logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        }
    }

    // The server starts last and stops first, so that the workers outlive every request.
    private static void AddServices(IServiceCollection services, GatewaySetup setup)
    {
        services.AddSingleton(setup.Clock);
        services.AddSingleton(setup.Random);
        services.AddSingleton(setup.Options);
        services.AddSingleton(setup.Log);
        services.AddSingleton(setup.Keys);
        services.AddSingleton(setup.Hasher);
        services.AddServiceDefaults(ServiceIdentity.Of("gateway", typeof(GatewayHost).Assembly), GatewayMetrics.MeterName, "Microsoft.AspNetCore.Server.Kestrel");
        services.AddSingleton(new InFlightBudget(setup.Options.MaxInFlightBytes));
        services.AddSingleton<GatewayMetrics>();
        services.AddSingleton<ApiKeyCache>();
        services.AddSingleton<LogGate>();
        services.AddSingleton<AppendHealth>();
        services.AddSingleton(provider => new TopicPreflight(setup.Log, setup.Topic, provider.GetRequiredService<ILogger<TopicPreflight>>()));
        services.AddSingleton<RecordPublisher>();
        services.AddSingleton<GatewayLedger>();
        services.AddSingleton(provider => new BodyReader(provider.GetRequiredService<InFlightBudget>(), setup.Options.BodyReadTimeout, setup.Clock));
        services.AddSingleton<Answers>();
        services.AddSingleton<IngestionEndpoint>();
        services.AddSingleton<OtlpTracesEndpoint>();
        services.AddSingleton<OtlpMetricsEndpoint>();
        services.AddSingleton<ServiceEndpoints>();
        services.AddSingleton<GatewayApplication>();
        services.AddHostedService<LogOpeningWorker>();
        services.AddSingleton<AccountingWorker>();
        services.AddHostedService(static provider => provider.GetRequiredService<AccountingWorker>());
        if (setup.OwnsProcess)
        {
            services.AddProcessLifetime(setup.ConfigureLifetime);
        }
        else
        {
            services.AddSingleton<IHostLifetime, DetachedLifetime>();
        }
    }

    private static void Configure(KestrelServerOptions kestrel, GatewayOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;

        // Our own cap answers 413; the server's would reset the connection, which SDKs take for a network error and retry.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);

        // Unread bytes are outside the budget of bytes in flight: keep them few per connection, yet above one usual request.
        kestrel.Limits.MaxRequestBufferSize = 256 * 1024;
        kestrel.Listen(options.Address, options.Port, static listen => listen.Protocols = HttpProtocols.Http1);
    }
}
