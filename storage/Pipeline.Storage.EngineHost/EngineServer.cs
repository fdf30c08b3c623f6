using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pipeline.Storage.EngineHost.Protocol;

namespace Pipeline.Storage.EngineHost;

/// <summary>The embedded ClickHouse engine behind ClickHouse's HTTP protocol, on loopback only.</summary>
/// <remarks>It is for one machine: there is no login, so it never listens on another address.</remarks>
public sealed class EngineServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly Engine _engine;
    private readonly InsertScratch _scratch;

    private EngineServer(WebApplication application, Engine engine, InsertScratch scratch)
    {
        _application = application;
        _engine = engine;
        _scratch = scratch;
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Opens the data folder and listens.</summary>
    /// <exception cref="EngineStartException">The library is missing, the folder is in use, or the engine refused it.</exception>
    public static async Task<EngineServer> StartAsync(EngineOptions options, CancellationToken cancellationToken)
    {
        var engine = Engine.Open(options);
        var scratch = new InsertScratch(options);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;

            // The writer sends a large insert in one go and may be stopped by the machine in between; a slow body is not an attack on loopback.
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Listen(IPAddress.Loopback, options.Port);
        });

        var application = builder.Build();
        var endpoint = new ClickHouseEndpoint(engine, scratch, options);
        application.Run(endpoint.HandleAsync);
        await application.StartAsync(cancellationToken);
        return new EngineServer(application, engine, scratch);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
        await _engine.DisposeAsync();
        _scratch.Dispose();
    }
}
