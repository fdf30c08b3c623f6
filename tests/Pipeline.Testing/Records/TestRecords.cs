using System.Text;
using Pipeline.Schemas;
using Pipeline.Schemas.Records;
using Pipeline.Schemas.Text;
using Pipeline.Schemas.Wire;

namespace Pipeline.Testing.Records;

/// <summary>Makes the records that the gateway would make of REST events.</summary>
public static class TestRecords
{
    /// <summary>One event.</summary>
    public static LangfuseEvent Event(string type, string body, string timestamp, string id) =>
        new(Utf8Text.From(id), Utf8Text.From(type), Time(timestamp), Encoding.UTF8.GetBytes(body));

    /// <summary>A record of events, with an id of its own.</summary>
    public static BufferRecord Rest(string projectId, long receivedAtMicros, params IReadOnlyList<LangfuseEvent> events) => new()
    {
        RecordId = Guid.CreateVersion7(),
        ProjectId = projectId,
        ReceivedAtMicros = receivedAtMicros,
        PayloadKind = PayloadKind.LangfuseEvents,
        EventCount = events.Count,
        Payload = Payload(events),
    };

    /// <summary>The payload of a record of events.</summary>
    public static byte[] Payload(IReadOnlyList<LangfuseEvent> events)
    {
        var payload = new byte[events.Sum(one => LangfuseEventsCodec.SizeOf(one))];
        var writer = new ProtoWriter(payload);
        foreach (var one in events)
        {
            LangfuseEventsCodec.Write(ref writer, one);
        }

        return payload;
    }

    /// <summary>Microseconds of an ISO time.</summary>
    public static long Time(string iso) =>
        IsoTime.TryParse(Encoding.UTF8.GetBytes(iso), out var micros) ? micros : throw new ArgumentException(iso, nameof(iso));
}
