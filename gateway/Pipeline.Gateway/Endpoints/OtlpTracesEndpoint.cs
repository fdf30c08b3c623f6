using Microsoft.AspNetCore.Http;
using Pipeline.Gateway.Accounting;
using Pipeline.Gateway.Admission;
using Pipeline.Gateway.Authentication;
using Pipeline.Gateway.Publishing;
using Pipeline.Gateway.Routing;

namespace Pipeline.Gateway.Endpoints;

/// <summary><c>POST /api/public/otel/v1/traces</c>: OTLP spans in Protobuf or JSON, answered once the log has them.</summary>
internal sealed class OtlpTracesEndpoint(
    ApiKeyCache keys,
    BodyReader reader,
    InFlightBudget budget,
    RecordPublisher publisher,
    GatewayLedger ledger,
    GatewayOptions options,
    GatewayMetrics metrics,
    TimeProvider clock,
    Answers answers)
{
    private const string RouteName = "otlp_traces";

    internal async Task HandleAsync(HttpContext context, RequestStamp stamp)
    {
        if (await OtlpRequest.AuthenticateAsync(context, keys, answers) is not { } principal || !await OtlpRequest.CheckHeadersAsync(context))
        {
            return;
        }

        stamp = stamp.Authenticated(clock);
        using var body = new RequestBody(budget);
        var read = await reader.ReadAsync(context.Request, body, options.MaxOtlpBodyBytes);
        if (read != BodyOutcome.Read)
        {
            await BodyAnswers.WriteAsync(context, read, answers, options.MaxOtlpBodyBytes);
            return;
        }

        metrics.BodyReceived(RouteName, body.Length, body.WasRepaired);
        if (publisher.PartitionCount == 0)
        {
            await answers.WriteUnavailableAsync(context);
            return;
        }

        var isJson = ContentTypeRule.IsJson(context.Request.ContentType);
        using var admitted = isJson ? OtlpJsonAdmission.Admit(body.Bytes) : OtlpProtobufAdmission.Admit(body.Bytes);
        if (admitted.IsDamaged)
        {
            await Answers.WriteTextsAsync(context, StatusCodes.Status400BadRequest, ("error", isJson ? "Failed to parse OTel JSON Trace" : "Failed to parse OTel Protobuf Trace"));
            return;
        }

        var records = OtlpRouting.Route(admitted, StampOf(context, stamp, principal), publisher.PartitionCount);

        // The records hold copies: while the log is waited for, only they occupy memory.
        admitted.Dispose();
        body.Dispose();
        await PublishAsync(context, stamp, principal, admitted, records, isJson);
    }

    private async Task PublishAsync(
        HttpContext context,
        RequestStamp stamp,
        Principal principal,
        OtlpAdmissionResult admitted,
        List<RoutedRecord> records,
        bool isJson)
    {
        using var reservation = new RecordReservation(budget, records);
        var published = reservation.IsGranted ? await publisher.PublishAsync(records, ClientHeaders.TraceParent(context.Request.Headers), stamp.KeyLookup) : PublishOutcome.Unavailable;
        if (published == PublishOutcome.Unavailable)
        {
            await answers.WriteUnavailableAsync(context);
            return;
        }

        if (published == PublishOutcome.TooLarge)
        {
            await Answers.WriteTextsAsync(context, StatusCodes.Status413PayloadTooLarge, ("message", "The spans of one trace exceed what the log takes in one record; export smaller batches"));
            return;
        }

        ledger.Acknowledge(principal.ProjectId, stamp.ReceivedAtMicros, admitted.Spans.Count);
        metrics.EventsAcknowledged(RouteName, admitted.Spans.Count);
        metrics.EventsRejected(RouteName, admitted.RejectedSpans);
        await OtlpAnswers.WriteAsync(context, isJson, admitted.RejectedSpans, admitted.ErrorMessage);
    }

    private RecordStamp StampOf(HttpContext context, RequestStamp stamp, Principal principal) => new(
        principal.ProjectId,
        principal.Key.PublicKey,
        stamp.RequestId,
        stamp.ReceivedAt,
        ClientHeaders.SdkName(context.Request.Headers),
        ClientHeaders.SdkVersion(context.Request.Headers),
        ledger.InstanceId);
}
