using Microsoft.AspNetCore.Http;

namespace Pipeline.Gateway.Endpoints;

/// <summary>Which path is which route, what it is called in metrics, and which method it takes.</summary>
internal static class RouteRule
{
    internal static Route Of(string? path)
    {
        // Some exporters are given a base address that ends in a slash and double or trail one.
        if (path is { Length: > 1 } && path[^1] == '/')
        {
            path = path.TrimEnd('/');
        }

        return path switch
        {
            "/api/public/ingestion" => Route.Ingestion,
            "/api/public/otel/v1/traces" => Route.OtlpTraces,
            "/api/public/otel/v1/metrics" => Route.OtlpMetrics,
            "/api/public/health" => Route.Health,
            "/api/public/ready" => Route.Ready,
            "/api/public/projects" => Route.Projects,
            "/metrics" => Route.Metrics,
            _ => Route.Unknown,
        };
    }

    internal static string NameOf(Route route) => route switch
    {
        Route.Ingestion => "ingestion",
        Route.OtlpTraces => "otlp_traces",
        Route.OtlpMetrics => "otlp_metrics",
        Route.Health => "health",
        Route.Ready => "ready",
        Route.Projects => "projects",
        Route.Metrics => "metrics",
        _ => "unknown",
    };

    internal static string MethodOf(Route route) => route is Route.Ingestion or Route.OtlpTraces or Route.OtlpMetrics ? HttpMethods.Post : HttpMethods.Get;
}
