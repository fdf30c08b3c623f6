using System.Diagnostics;
using System.Diagnostics.Metrics;
using Pipeline.Buffer;
using Pipeline.Gateway.Publishing;
using Pipeline.ServiceDefaults.Metrics;

namespace Pipeline.Gateway;

/// <summary>Every metric of the gateway: name, unit and meaning in one place.</summary>
/// <remarks>Counted once per request or record, never per event. No label names a project, a key or an id.</remarks>
internal sealed class GatewayMetrics
{
    internal const string MeterName = "Pipeline.Gateway";

    private readonly Counter<long> _requests;
    private readonly Histogram<double> _requestDuration;
    private readonly Counter<long> _bodyBytes;
    private readonly Counter<long> _repaired;
    private readonly Counter<long> _sdkLogs;
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _appended;
    private readonly Histogram<double> _appendDuration;
    private readonly Counter<long> _keyLookups;
    private readonly Counter<long> _accountReportsFailed;

    public GatewayMetrics(IMeterFactory meters, InFlightBudget budget)
    {
        var meter = meters.Create(MeterName);
        var seconds = new InstrumentAdvice<double> { HistogramBucketBoundaries = HistogramBuckets.Seconds };
        _requests = meter.CreateCounter<long>("pipeline.gateway.requests", "{request}", "Requests answered, by route and status.");
        _requestDuration = meter.CreateHistogram("pipeline.gateway.request.duration", "s", "Time from the request's headers to its answer.", advice: seconds);
        _bodyBytes = meter.CreateCounter<long>("pipeline.gateway.bodies.received", "By", "Bytes of bodies after decompression.");
        _repaired = meter.CreateCounter<long>("pipeline.gateway.bodies.repaired", "{body}", "JSON bodies in which bytes that are not UTF-8 were replaced.");
        _sdkLogs = meter.CreateCounter<long>("pipeline.gateway.sdk_logs", "{event}", "Log messages of client libraries: taken, not stored; the first of a request is in this service's log.");
        _accepted = meter.CreateCounter<long>("pipeline.gateway.events.acknowledged", "{event}", "Events and spans that the log has and the client was told so.");
        _rejected = meter.CreateCounter<long>("pipeline.gateway.events.rejected", "{event}", "Events and spans refused as invalid; the client was told which.");
        _appended = meter.CreateCounter<long>("pipeline.gateway.records.appended", "{record}", "Records handed to the log, by outcome.");
        _appendDuration = meter.CreateHistogram("pipeline.gateway.append.duration", "s", "Time until the log confirmed all records of a request.", advice: seconds);
        _keyLookups = meter.CreateCounter<long>("pipeline.gateway.key.lookups", "{lookup}", "Look-ups in the key store, by outcome.");
        _accountReportsFailed = meter.CreateCounter<long>("pipeline.gateway.account.reports.failed", "{report}", "Reports of acknowledged totals that the log did not confirm; the next one replaces them.");
        meter.CreateObservableUpDownCounter("pipeline.gateway.in_flight", () => budget.Used, "By", "Bytes of requests between their first byte and their answer.");
    }

    internal void RequestAnswered(string route, int status, TimeSpan duration)
    {
        _requests.Add(1, new KeyValuePair<string, object?>("route", route), new KeyValuePair<string, object?>("status", StatusLabel(status)));
        _requestDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("route", route));
    }

    internal void BodyReceived(string route, int bytes, bool wasRepaired)
    {
        _bodyBytes.Add(bytes, new KeyValuePair<string, object?>("route", route));
        if (wasRepaired)
        {
            _repaired.Add(1, new KeyValuePair<string, object?>("route", route));
        }
    }

    internal void SdkLogsReceived(int events) => _sdkLogs.Add(events);

    internal void EventsAcknowledged(string route, int events) => _accepted.Add(events, new KeyValuePair<string, object?>("route", route));

    internal void EventsRejected(string route, int events)
    {
        if (events > 0)
        {
            _rejected.Add(events, new KeyValuePair<string, object?>("route", route));
        }
    }

    internal void RecordAppended(AppendOutcome outcome) => _appended.Add(1, new KeyValuePair<string, object?>("outcome", OutcomeLabel(outcome)));

    internal void AppendsFinished(TimeSpan duration) => _appendDuration.Record(duration.TotalSeconds);

    internal void KeyLookedUp(string outcome) => _keyLookups.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    internal void AccountReportFailed() => _accountReportsFailed.Add(1);

    private static string OutcomeLabel(AppendOutcome outcome) => outcome switch
    {
        AppendOutcome.Appended => "appended",
        AppendOutcome.Busy => "busy",
        AppendOutcome.Unavailable => "unavailable",
        AppendOutcome.TooLarge => "too_large",
        _ => throw new UnreachableException(),
    };

    // Constants for the usual ones: boxing or formatting a number per request is the dearest part of a counter.
    private static string StatusLabel(int status) => status switch
    {
        200 => "200",
        207 => "207",
        400 => "400",
        401 => "401",
        404 => "404",
        413 => "413",
        415 => "415",
        429 => "429",
        503 => "503",
        _ => status.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
