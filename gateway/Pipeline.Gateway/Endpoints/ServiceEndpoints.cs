using Microsoft.AspNetCore.Http;
using Pipeline.Gateway.Authentication;
using Pipeline.ServiceDefaults;
using Pipeline.ServiceDefaults.Health;
using Pipeline.ServiceDefaults.Metrics;

namespace Pipeline.Gateway.Endpoints;

/// <summary>The endpoints that take no events: health, readiness, metrics, and the key check of the SDKs.</summary>
internal sealed class ServiceEndpoints(ServiceIdentity identity, ServiceHealth health, ServiceTelemetry telemetry, ApiKeyCache keys, Answers answers)
{
    /// <summary>Whether the process is alive; never depends on another system.</summary>
    internal Task HealthAsync(HttpContext context) => WriteStateAsync(context, health.IsLive, "UNHEALTHY", health.WhyNotLive);

    /// <summary>Whether requests would be taken now, with the reasons when not.</summary>
    internal Task ReadyAsync(HttpContext context) => WriteStateAsync(context, health.IsReady, "NOT_READY", health.WhyNotReady);

    /// <summary>Prometheus text.</summary>
    internal async Task MetricsAsync(HttpContext context) =>
        await Answers.WriteAsync(context, StatusCodes.Status200OK, ServiceTelemetry.ContentType, await telemetry.ScrapeAsync(context.RequestAborted));

    /// <summary>The project of the key; Python SDKs refuse an answer without its organisation.</summary>
    internal async Task ProjectsAsync(HttpContext context)
    {
        var authentication = await keys.AuthenticateAsync(context.Request.Headers.Authorization);
        if (authentication.Outcome != AuthenticationOutcome.Authenticated)
        {
            await AuthenticationAnswers.WriteAsync(context, authentication.Outcome, answers, namesError: false);
            return;
        }

        if (authentication.Principal!.Scope != AccessScope.Project)
        {
            await AuthenticationAnswers.WriteScopeDeniedAsync(context);
            return;
        }

        var key = authentication.Principal.Key;
        using var buffer = new PooledBuffer(512);
        var writer = Answers.WriterTo(buffer);
        await using (writer)
        {
            writer.WriteStartObject();
            writer.WriteStartArray("data"u8);
            writer.WriteStartObject();
            writer.WriteString("id"u8, authentication.Principal.ProjectId);
            writer.WriteString("name"u8, key.ProjectName);
            writer.WriteStartObject("organization"u8);
            writer.WriteString("id"u8, key.OrganizationId);
            writer.WriteString("name"u8, key.OrganizationName);
            writer.WriteEndObject();
            writer.WriteStartObject("metadata"u8);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        await Answers.WriteAsync(context, StatusCodes.Status200OK, Answers.Json, buffer.Written);
    }

    private async Task WriteStateAsync(HttpContext context, bool isGood, string badStatus, Func<IReadOnlyList<HealthReason>> reasons)
    {
        using var buffer = new PooledBuffer(512);
        var writer = Answers.WriterTo(buffer);
        await using (writer)
        {
            writer.WriteStartObject();
            writer.WriteString("status"u8, isGood ? "OK" : badStatus);
            writer.WriteString("version"u8, identity.Version);
            if (!isGood)
            {
                writer.WriteStartArray("reasons"u8);
                foreach (var reason in reasons())
                {
                    writer.WriteStartObject();
                    writer.WriteString("name"u8, reason.Name);
                    writer.WriteString("reason"u8, reason.Reason);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        var status = isGood ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        await Answers.WriteAsync(context, status, Answers.Json, buffer.Written);
    }
}
