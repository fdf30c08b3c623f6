using Pipeline.Schemas.Records;
using Pipeline.Schemas.Wire;

namespace Pipeline.Schemas.Tests.Records;

/// <summary>The records that the golden files hold.</summary>
internal static class SampleRecords
{
    internal static readonly RecordHeaders Headers = new(SchemaVersion.Current.ToString(), "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");

    private static readonly LangfuseEvent[] Events =
    [
        new(Utf8Text.From("event-1"), Utf8Text.From("trace-create"), 1_795_168_800_123_000, """{"id":"trace-1","name":"Grüße"}"""u8.ToArray()),
        new(Utf8Text.From("event-2"), Utf8Text.From("score-create"), 1_795_168_801_000_000, """{"name":"q","value":1e0}"""u8.ToArray()),
    ];

    internal static BufferRecord Rest() => Record(PayloadKind.LangfuseEvents, 2, EncodeEvents());

    internal static BufferRecord Otlp() => Record(PayloadKind.OtlpSpans, 1, [0x0A, 0x02, 0x12, 0x00]) with
    {
        Lane = RecordLane.Replay,
        Attempt = 2,
        ReplayOrigin = "job-7",
    };

    internal static BufferRecord Accounts() => Record(PayloadKind.GatewayAccounts, 0, GatewayAccountsCodec.Encode(
        new GatewayAccounts("gateway-a", 17, [new GatewayAccount("project-1", 1_795_168_800_000_000, 1234), new GatewayAccount("project-2", 1_795_168_860_000_000, 1)])));

    private static BufferRecord Record(PayloadKind kind, int events, byte[] payload) => new()
    {
        RecordId = new Guid("01936f2a-4b3c-7d5e-8f90-a1b2c3d4e5f6"),
        ProjectId = "project-1",
        RequestId = "request-1",
        ReceivedAtMicros = 1_795_168_800_500_001,
        PayloadKind = kind,
        EventCount = events,
        PublicKey = "pk-lf-1234567890",
        SdkName = "python",
        SdkVersion = "4.18.0",
        InstanceId = "gateway-a",
        Payload = payload,
    };

    private static byte[] EncodeEvents()
    {
        var payload = new byte[Events.Sum(item => LangfuseEventsCodec.SizeOf(item))];
        var writer = new ProtoWriter(payload);
        foreach (var item in Events)
        {
            LangfuseEventsCodec.Write(ref writer, item);
        }

        return payload;
    }
}
