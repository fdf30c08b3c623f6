using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Pipeline.ServiceDefaults.Health;
using Pipeline.ServiceDefaults.Metrics;

namespace Pipeline.Consumers;

/// <summary>What a consumer answers: <c>/health/live</c>, <c>/health/ready</c> and <c>/metrics</c>.</summary>
internal sealed class HealthApplication(ServiceHealth health, WriterProgress progress, ServiceTelemetry telemetry)
{
    internal async Task HandleAsync(HttpContext context)
    {
        switch (context.Request.Path.Value)
        {
            case "/health/live":
                await WriteAsync(context, health.IsLive, health.WhyNotLive());
                break;
            case "/health/ready":
                await WriteAsync(context, health.IsReady, health.WhyNotReady());
                break;
            case "/metrics":
                context.Response.ContentType = ServiceTelemetry.ContentType;
                await context.Response.Body.WriteAsync(await telemetry.ScrapeAsync(context.RequestAborted), context.RequestAborted);
                break;
            default:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }

    private async Task WriteAsync(HttpContext context, bool isGood, IReadOnlyList<HealthReason> reasons)
    {
        context.Response.StatusCode = isGood ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "application/json";
        var state = new
        {
            status = isGood ? "OK" : "NOT_OK",
            activity = progress.Activity,
            reasons = reasons.Select(reason => new { name = reason.Name, reason = reason.Reason }),
            stuck = progress.Stalls.FindStuck().Select(stuck => new { partition = stuck.Partition, lag = stuck.Lag, since = stuck.Since, member = stuck.Member, doing = stuck.Doing }),
        };
        await JsonSerializer.SerializeAsync(context.Response.Body, state, cancellationToken: context.RequestAborted);
    }
}
