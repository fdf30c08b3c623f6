using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Pipeline.Gateway.Endpoints;

/// <summary>The whole HTTP side behind the server: one delegate that stamps, routes, answers and counts a request.</summary>
/// <remarks>
/// There is no routing table, no binding and no middleware chain: eight fixed paths need none, and what is not there costs nothing.
/// </remarks>
internal sealed class GatewayApplication(
    IngestionEndpoint ingestion,
    OtlpTracesEndpoint traces,
    OtlpMetricsEndpoint otlpMetrics,
    ServiceEndpoints service,
    GatewayOptions options,
    GatewayMetrics metrics,
    TimeProvider clock,
    ILogger<GatewayApplication> logger)
{
    /// <summary>Answers one request.</summary>
    internal async Task HandleAsync(HttpContext context)
    {
        var stamp = RequestStamp.Now(clock);
        context.Response.Headers[ClientHeaders.RequestId] = stamp.RequestId;
        var route = RouteRule.Of(context.Request.Path.Value);
        try
        {
            if (!CrossOrigin.TryAnswerPreflight(context, options))
            {
                await DispatchAsync(context, route, stamp);
            }
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client left; there is nobody to answer.
            metrics.RequestAnswered(RouteRule.NameOf(route), ClientClosedRequest, clock.GetElapsedTime(stamp.Timestamp));
            return;
        }
        catch (Exception fault)
        {
            Log.RequestFaulted(logger, stamp.RequestId, fault);
            await AnswerFaultAsync(context);
        }

        metrics.RequestAnswered(RouteRule.NameOf(route), context.Response.StatusCode, clock.GetElapsedTime(stamp.Timestamp));
    }

    private const int ClientClosedRequest = 499;

    private Task DispatchAsync(HttpContext context, Route route, RequestStamp stamp)
    {
        var allowed = RouteRule.MethodOf(route);
        var method = context.Request.Method;
        if (route != Route.Unknown && !HttpMethods.Equals(method, allowed) && !(HttpMethods.IsHead(method) && HttpMethods.IsGet(allowed)))
        {
            context.Response.Headers.Allow = allowed;
            return Answers.WriteTextsAsync(context, StatusCodes.Status405MethodNotAllowed, ("error", "MethodNotAllowedError"), ("message", $"This route takes {allowed} only"));
        }

        return route switch
        {
            Route.Ingestion => ingestion.HandleAsync(context, stamp),
            Route.OtlpTraces => traces.HandleAsync(context, stamp),
            Route.OtlpMetrics => otlpMetrics.HandleAsync(context),
            Route.Health => service.HealthAsync(context),
            Route.Ready => service.ReadyAsync(context),
            Route.Projects => service.ProjectsAsync(context),
            Route.Metrics => service.MetricsAsync(context),
            _ => Answers.WriteTextsAsync(context, StatusCodes.Status404NotFound, ("error", "NotFoundError"), ("message", "There is no such route")),
        };
    }

    private static Task AnswerFaultAsync(HttpContext context)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        return Answers.WriteTextsAsync(context, StatusCodes.Status500InternalServerError, ("error", "Internal Server Error"), ("message", "Internal Server Error"));
    }
}
