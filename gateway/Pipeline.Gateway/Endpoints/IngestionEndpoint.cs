using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Pipeline.Gateway.Accounting;
using Pipeline.Gateway.Admission;
using Pipeline.Gateway.Authentication;
using Pipeline.Gateway.Publishing;
using Pipeline.Gateway.Routing;

namespace Pipeline.Gateway.Endpoints;

/// <summary><c>POST /api/public/ingestion</c>: a batch of Langfuse events, answered event by event once the log has them.</summary>
internal sealed class IngestionEndpoint(
    ApiKeyCache keys,
    BodyReader reader,
    InFlightBudget budget,
    RecordPublisher publisher,
    GatewayLedger ledger,
    GatewayOptions options,
    GatewayMetrics metrics,
    TimeProvider clock,
    Answers answers,
    ILogger<IngestionEndpoint> logger)
{
    private const string RouteName = "ingestion";

    internal async Task HandleAsync(HttpContext context, RequestStamp stamp)
    {
        var authentication = await keys.AuthenticateAsync(context.Request.Headers.Authorization);
        if (authentication.Outcome != AuthenticationOutcome.Authenticated)
        {
            await AuthenticationAnswers.WriteAsync(context, authentication.Outcome, answers, namesError: true);
            return;
        }

        stamp = stamp.Authenticated(clock);
        if (!ContentTypeRule.IsJson(context.Request.ContentType))
        {
            await WriteRejectionAsync(context, StatusCodes.Status415UnsupportedMediaType, "Content-Type must be application/json in UTF-8");
            return;
        }

        using var body = new RequestBody(budget);
        var read = await reader.ReadAsync(context.Request, body, options.MaxIngestionBodyBytes);
        if (read != BodyOutcome.Read)
        {
            await BodyAnswers.WriteAsync(context, read, answers, options.MaxIngestionBodyBytes);
            return;
        }

        metrics.BodyReceived(RouteName, body.Length, body.WasRepaired);
        await AdmitAsync(context, stamp, authentication.Principal!, body);
    }

    private async Task AdmitAsync(HttpContext context, RequestStamp stamp, Principal principal, RequestBody body)
    {
        var headers = context.Request.Headers;
        var record = new RecordStamp(
            principal.ProjectId,
            principal.Key.PublicKey,
            stamp.RequestId,
            stamp.ReceivedAt,
            ClientHeaders.SdkName(headers),
            ClientHeaders.SdkVersion(headers),
            ledger.InstanceId);
        if (publisher.PartitionCount == 0)
        {
            await answers.WriteUnavailableAsync(context);
            return;
        }

        var admitted = IngestionAdmission.Admit(body.Bytes, record.ProjectId, isPublicKeyAlone: principal.Scope == AccessScope.Scores);
        if (admitted.Rejection is { } rejection)
        {
            await WriteRejectionAsync(context, rejection.Status, rejection.Reason);
            return;
        }

        metrics.EventsRejected(RouteName, admitted.Errors.Count);
        var records = IngestionRouting.Route(admitted.Events, record, publisher.PartitionCount);
        using var reservation = new RecordReservation(budget, records);
        var published = reservation.IsGranted ? await publisher.PublishAsync(records, ClientHeaders.TraceParent(headers), stamp.KeyLookup) : PublishOutcome.Unavailable;
        if (published != PublishOutcome.Published)
        {
            await WriteNotPublishedAsync(context, published);
            return;
        }

        ledger.Acknowledge(principal.ProjectId, stamp.ReceivedAtMicros, admitted.Events.Count);
        metrics.EventsAcknowledged(RouteName, admitted.Events.Count);
        if (admitted.SdkLogs > 0)
        {
            metrics.SdkLogsReceived(admitted.SdkLogs);
            Log.SdkLogReceived(logger, stamp.RequestId, principal.ProjectId, admitted.SdkLogs, SdkLogText.Of(admitted.FirstSdkLog.Span));
        }

        using var buffer = new PooledBuffer(64 + (admitted.Events.Count * 80) + (admitted.Errors.Count * 200));
        await IngestionAnswer.WriteAsync(context, admitted, buffer);
    }

    private Task WriteNotPublishedAsync(HttpContext context, PublishOutcome outcome) => outcome == PublishOutcome.TooLarge
        ? WriteRejectionAsync(context, StatusCodes.Status413PayloadTooLarge, "The events of one trace exceed what the log takes in one record; send fewer at once")
        : answers.WriteUnavailableAsync(context);

    private static async Task WriteRejectionAsync(HttpContext context, int status, string error)
    {
        using var buffer = new PooledBuffer(256);
        var writer = Answers.WriterTo(buffer);
        await using (writer)
        {
            writer.WriteStartObject();
            writer.WriteString("message"u8, "Invalid request data"u8);
            writer.WriteStartArray("errors"u8);
            writer.WriteStringValue(error);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        await Answers.WriteAsync(context, status, Answers.Json, buffer.Written);
    }
}
