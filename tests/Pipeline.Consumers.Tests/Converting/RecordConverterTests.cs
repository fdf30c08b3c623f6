using Pipeline.Consumers.Converting;
using Pipeline.Schemas;
using Pipeline.Schemas.Ids;
using Pipeline.Schemas.Records;

namespace Pipeline.Consumers.Tests.Converting;

public sealed class RecordConverterTests
{
    private const string Span = """{"id":"s1","traceId":"t1","name":"n"}""";

    [Theory]
    [InlineData("no-such-type", Span, RejectReasons.UnknownEventType)]
    [InlineData("span-create", "[1]", RejectReasons.MalformedBody)]
    [InlineData("span-create", """{"id":"s1" """, RejectReasons.MalformedBody)]
    [InlineData("span-create", "", RejectReasons.MalformedBody)]
    [InlineData("span-create", """{"id":"s1","startTime":"yesterday"}""", RejectReasons.InvalidField)]
    [InlineData("span-create", """{"id":"s1","endTime":"1800-01-01T00:00:00Z"}""", RejectReasons.InvalidField)]
    [InlineData("generation-create", """{"id":"s1","usageDetails":{"input":-1}}""", RejectReasons.InvalidField)]
    [InlineData("generation-create", """{"id":"s1","costDetails":{"input":1e30}}""", RejectReasons.InvalidField)]
    [InlineData("observation-create", """{"id":"s1","type":"SOMETHING"}""", RejectReasons.InvalidField)]
    [InlineData("score-create", """{"id":"s1","name":"n","dataType":"NUMERIC","value":"high"}""", RejectReasons.InvalidField)]
    public void An_event_that_cannot_become_a_state_is_rejected_and_its_neighbours_are_not(string type, string body, string reason)
    {
        var sink = new ListSink();
        var record = Records.Rest(
            Records.Event("span-create", """{"id":"before","traceId":"t1"}""", id: "e0"),
            Records.Event(type, body, id: "e1"),
            Records.Event("span-create", """{"id":"after","traceId":"t1"}""", id: "e2"));

        var result = new RecordConverter().Convert(record, Records.Source(), sink);

        Assert.Equal((2, 1), (result.Stored, result.Failed));
        var rejected = Assert.Single(sink.Rejected);
        Assert.Equal((reason, 1, Records.Project, "events", 3, 42L), (
            rejected.Reason, rejected.Position, rejected.ProjectId, rejected.Topic, rejected.Partition, rejected.Offset));
        Assert.Equal(["after", "before"], sink.Observations.Keys.Select(key => key.Id.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_damaged_payload_keeps_what_stands_before_the_damage_and_counts_the_rest_as_failed()
    {
        var whole = Records.Rest(
            Records.Event("span-create", """{"id":"a","traceId":"t1"}"""), Records.Event("span-create", """{"id":"b","traceId":"t1"}"""));
        var cut = Records.Of(PayloadKind.LangfuseEvents, whole.Payload[..^4], 2);
        var sink = new ListSink();

        var result = new RecordConverter().Convert(cut, Records.Source(), sink);

        Assert.Equal((1, 1), (result.Stored, result.Failed));
        Assert.Equal((-1, RejectReasons.DamagedPayload), (sink.Rejected.Single().Position, sink.Rejected.Single().Reason));
        Assert.Equal("a", sink.Observations.Keys.Single().Id.ToString());
    }

    [Fact]
    public void A_damaged_spans_payload_keeps_what_stands_before_the_damage()
    {
        var whole = OtlpMessages.Record([OtlpMessages.Span(spanId: OtlpMessages.Hex(1)), OtlpMessages.Span(spanId: OtlpMessages.Hex(2))]);
        var cut = new ProtoMessage().Bytes(1, whole.Payload.Span[3..^9]).ToArray();
        var sink = new ListSink();

        var result = new RecordConverter().Convert(Records.Of(PayloadKind.OtlpSpans, cut, 2), Records.Source(), sink);

        Assert.Equal(2, result.Stored + result.Failed);
        Assert.True(result.Failed >= 1);
        Assert.Contains(sink.Rejected, rejected => rejected.Position == -1);
    }

    [Fact]
    public void Events_that_the_gateway_counted_and_the_payload_does_not_hold_count_as_failed()
    {
        var record = Records.Rest(Records.Event("span-create", Span)) with { EventCount = 3 };
        var sink = new ListSink();

        var result = new RecordConverter().Convert(record, Records.Source(), sink);

        Assert.Equal((1, 2), (result.Stored, result.Failed));
        Assert.Equal(-1, sink.Rejected.Single().Position);
    }

    [Fact]
    public void The_receipt_gets_the_hashes_of_every_id_once()
    {
        var record = Records.Rest(
            Records.Event("trace-create", """{"id":"t1"}""", id: "e1"),
            Records.Event("span-create", Span, id: "e2"),
            Records.Event("span-update", Span, id: "e3"),
            Records.Event("score-create", """{"id":"sc","name":"q","value":1,"traceId":"t2"}""", id: "e4"));

        var result = new RecordConverter().Convert(record, Records.Source(), new ListSink());

        Assert.Equal(Hashes("e1", "e2", "e3", "e4"), result.EventHashes);
        Assert.Equal(Hashes("s1", "sc"), result.EntityHashes);
        Assert.Equal(Hashes("t1", "t2").Order(), result.TraceHashes.Order());
    }

    [Fact]
    public void A_client_log_is_accepted_and_stores_nothing()
    {
        var sink = new ListSink();

        var result = new RecordConverter().Convert(Records.Rest(Records.Event("sdk-log", """{"log":"x"}""")), Records.Source(), sink);

        Assert.Equal((1, 0), (result.Stored, result.Failed));
        Assert.Equal("", sink.Describe());
    }

    [Fact]
    public void Accounts_are_no_events()
    {
        var result = new RecordConverter().Convert(Records.Of(PayloadKind.GatewayAccounts, default, 0), Records.Source(), new ListSink());

        Assert.Equal((0, 0), (result.Stored, result.Failed));
    }

    [Theory]
    [InlineData(15, 8)]
    [InlineData(16, 7)]
    [InlineData(0, 8)]
    public void A_span_without_whole_ids_is_rejected(int traceIdLength, int spanIdLength)
    {
        var span = new ProtoMessage().Bytes(1, new byte[traceIdLength]).Bytes(2, new byte[spanIdLength]);
        var sink = new ListSink();

        var result = new RecordConverter().Convert(OtlpMessages.Record([span, OtlpMessages.Span()]), Records.Source(), sink);

        Assert.Equal((1, 1), (result.Stored, result.Failed));
        Assert.Equal(RejectReasons.InvalidSpanId, sink.Rejected.Single().Reason);
    }

    [Fact]
    public void A_span_with_a_time_that_no_column_holds_is_rejected()
    {
        var sink = new ListSink();

        new RecordConverter().Convert(OtlpMessages.Record([OtlpMessages.Span(end: ulong.MaxValue)]), Records.Source(), sink);

        Assert.Equal(RejectReasons.TimeOutOfRange, sink.Rejected.Single().Reason);
    }

    private static ulong[] Hashes(params string[] ids) => [.. ids.Select(id => XxHash64.Hash(Utf8Text.From(id).Span))];
}
