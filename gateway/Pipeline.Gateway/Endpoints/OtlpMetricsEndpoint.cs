using Microsoft.AspNetCore.Http;
using Pipeline.Gateway.Authentication;
using Pipeline.Gateway.Publishing;

namespace Pipeline.Gateway.Endpoints;

/// <summary><c>POST /api/public/otel/v1/metrics</c>: takes what OpenLLMetry posts beside its traces, stores nothing, and says so.</summary>
/// <remarks>
/// An error would make the exporter complain every minute although nobody wants these metrics; a plain 200 would claim they are stored.
/// OTLP has the honest third answer: success of the call, with the number of data points that were refused and why.
/// </remarks>
internal sealed class OtlpMetricsEndpoint(ApiKeyCache keys, BodyReader reader, InFlightBudget budget, GatewayOptions options, Answers answers)
{
    private const string Reason = "this server stores traces only; OTLP metrics are not kept";

    internal async Task HandleAsync(HttpContext context)
    {
        if (await OtlpRequest.AuthenticateAsync(context, keys, answers) is null || !await OtlpRequest.CheckHeadersAsync(context))
        {
            return;
        }

        using var body = new RequestBody(budget);
        var read = await reader.ReadAsync(context.Request, body, options.MaxOtlpBodyBytes);
        if (read != BodyOutcome.Read)
        {
            await BodyAnswers.WriteAsync(context, read, answers, options.MaxOtlpBodyBytes);
            return;
        }

        var isJson = ContentTypeRule.IsJson(context.Request.ContentType);
        var points = isJson ? DataPointCount.OfJson(body.Bytes.Span) : DataPointCount.OfProtobuf(body.Bytes.Span);
        if (points is null)
        {
            await Answers.WriteTextsAsync(context, StatusCodes.Status400BadRequest, ("error", $"Failed to parse OTel {(isJson ? "JSON" : "Protobuf")} Metrics"));
            return;
        }

        await OtlpAnswers.WritePartialAsync(context, isJson, "rejectedDataPoints", points.Value, Reason);
    }
}
