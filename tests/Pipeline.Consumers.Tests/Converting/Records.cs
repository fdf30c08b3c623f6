using System.Text.Json;
using Pipeline.Buffer;
using Pipeline.Consumers.Converting;
using Pipeline.Schemas;
using Pipeline.Schemas.Records;
using Pipeline.Testing.Records;

namespace Pipeline.Consumers.Tests.Converting;

/// <summary>Makes the records that the gateway would make.</summary>
internal static class Records
{
    internal const string Project = "project-1";

    internal static readonly long ReceivedAt = UnixMicros.From(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));

    internal static BufferRecord Of(PayloadKind kind, ReadOnlyMemory<byte> payload, int count, long? receivedAt = null) => new()
    {
        RecordId = new Guid("01a1fc23-7a9f-77a6-92f9-04b49a75bcab"),
        ProjectId = Project,
        ReceivedAtMicros = receivedAt ?? ReceivedAt,
        PayloadKind = kind,
        EventCount = count,
        Payload = payload,
    };

    internal static BufferRecord Rest(params LangfuseEvent[] events) => Of(PayloadKind.LangfuseEvents, TestRecords.Payload(events), events.Length);

    internal static LangfuseEvent Event(string type, string body, string timestamp = "2026-11-21T10:00:00Z", string id = "event-1") =>
        TestRecords.Event(type, body, timestamp, id);

    internal static long Time(string iso) => TestRecords.Time(iso);

    /// <summary>Takes a received batch apart as the gateway does, bodies byte by byte.</summary>
    internal static BufferRecord Batch(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        return Rest([.. document.RootElement.GetProperty("batch").EnumerateArray()
            .Where(one => one.GetProperty("type").GetString() != "sdk-log")
            .Select(one => Event(
                one.GetProperty("type").GetString()!,
                one.GetProperty("body").GetRawText(),
                one.GetProperty("timestamp").GetString()!,
                one.GetProperty("id").GetString()!))]);
    }

    internal static BufferedRecord Source() => new("events", 3, 42, 0, default!, default);

    internal static ListSink Convert(params BufferRecord[] records)
    {
        var sink = new ListSink();
        var converter = new RecordConverter();
        foreach (var record in records)
        {
            converter.Convert(record, Source(), sink);
        }

        return sink;
    }

    internal static ListSink ConvertEvents(params LangfuseEvent[] events) => Convert(Rest(events));
}
