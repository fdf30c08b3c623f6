using Google.Protobuf;
using Pipeline.Gateway.Admission;
using Pipeline.Gateway.Routing;
using Pipeline.Schemas;
using Pipeline.Schemas.Records;
using Pipeline.Testing.Otlp;

namespace Pipeline.Gateway.Tests.Routing;

public sealed class OtlpRoutingTests
{
    [Fact]
    public void Nothing_makes_no_record() => Assert.Empty(OtlpRouting.Route(OtlpProtobufAdmission.Admit(default), Stamps.One, 4));

    [Fact]
    public void One_trace_is_the_received_message_itself()
    {
        var message = TestTraces.Of(TestTraces.Span(1, 1), TestTraces.Span(1, 2)).ToByteArray();

        var routed = Assert.Single(OtlpRouting.Route(OtlpProtobufAdmission.Admit(message), Stamps.One, 4));

        var record = Stamps.Decode(routed);
        Assert.Equal("project-1/01000000000000000000000000000000", routed.Key);
        Assert.Equal(PartitionRule.PartitionOf("project-1", "01000000000000000000000000000000"u8, 4), routed.Partition);
        Assert.Equal((PayloadKind.OtlpSpans, 2), (record.PayloadKind, record.EventCount));
        Assert.Equal(message, record.Payload.ToArray());
    }

    [Fact]
    public void A_refused_span_is_taken_out()
    {
        var bad = TestTraces.Span(1, 2);
        bad.SpanId = ByteString.Empty;
        var good = TestTraces.Of(TestTraces.Span(1, 1), TestTraces.Span(1, 3));

        var records = Route(TestTraces.Of(TestTraces.Span(1, 1), bad, TestTraces.Span(1, 3)), 4);

        Assert.Equal(good, Assert.Single(records).Data);
    }

    [Fact]
    public void Spans_go_to_the_partition_of_their_trace()
    {
        var data = TestTraces.Of([.. Enumerable.Range(1, 60).Select(number => TestTraces.Span(number, number))]);

        var records = Route(data, 4);

        Assert.Equal([0, 1, 2, 3], records.Select(record => record.Routed.Partition).Order());
        Assert.All(records, record => Assert.All(
            record.Data.ResourceSpans.Single().ScopeSpans.Single().Spans,
            span => Assert.Equal(record.Routed.Partition, PartitionRule.PartitionOf("project-1", System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(span.TraceId.Span)), 4))));
        Assert.Equal(TestTraces.Describe([data]), TestTraces.Describe(records.Select(record => record.Data)));
    }

    [Fact]
    public void Above_eight_partitions_all_go_with_the_first_trace()
    {
        var data = TestTraces.Of([.. Enumerable.Range(1, 60).Select(number => TestTraces.Span(number, number))]);

        var record = Assert.Single(Route(data, 1000));

        Assert.Equal(PartitionRule.PartitionOf("project-1", "01000000000000000000000000000000"u8, 1000), record.Routed.Partition);
        Assert.Equal(data, record.Data);
    }

    [Fact]
    public void Unknown_fields_of_resource_and_scope_are_kept()
    {
        // Field 100, of a version that this one does not know, at the end of both.
        byte[] unknown = [0xA2, 0x06, 0x01, 0x07];
        var scope = TestTraces.Of(TestTraces.Span(1, 1), TestTraces.Span(2, 2), TestTraces.Span(3, 3)).ResourceSpans[0].ScopeSpans[0].ToByteArray();
        byte[] resource = [.. Field(2, [.. scope, .. unknown]), .. unknown];

        var records = Route(TracesData.Parser.ParseFrom(Field(1, resource)), 64);

        Assert.Equal(3, records.Count);
        Assert.All(records, record =>
        {
            Assert.True(record.Data.ResourceSpans[0].ToByteArray().AsSpan().EndsWith(unknown));
            Assert.True(record.Data.ResourceSpans[0].ScopeSpans[0].ToByteArray().AsSpan().EndsWith(unknown));
            Assert.Equal("scope-schema", record.Data.ResourceSpans[0].ScopeSpans[0].SchemaUrl);
        });
    }

    [Fact]
    public void Records_are_cut_between_spans_at_the_target()
    {
        var data = TestTraces.Of([.. Enumerable.Range(1, 30).Select(number => TestTraces.Span(1, number, 100_000))]);

        var records = Route(data, 4);

        Assert.Equal(3, records.Count);
        Assert.Single(records.DistinctBy(record => record.Routed.Partition));
        Assert.Equal(TestTraces.Describe([data]), TestTraces.Describe(records.Select(record => record.Data)));
    }

    [Fact]
    public void Large_resources_are_repeated_no_more_than_the_target()
    {
        var data = new TracesData();
        for (var resource = 0; resource < 20; resource++)
        {
            var one = TestTraces.Of([.. Enumerable.Range(1, 16).Select(number => TestTraces.Span(number, number))]).ResourceSpans[0];
            one.Resource.Attributes[0].Value.StringValue = new string('r', 250_000);
            data.ResourceSpans.Add(one);
        }

        var records = Route(data, 8);

        Assert.Single(records.DistinctBy(record => record.Routed.Partition));
        Assert.All(records, record => Assert.InRange(record.Routed.Value.Length, 1, 2 * RoutingLimits.TargetRecordBytes));
        Assert.InRange(records.Sum(record => (long)record.Routed.Value.Length), 1, 2L * data.CalculateSize());
        Assert.Equal(TestTraces.Describe([data]), TestTraces.Describe(records.Select(record => record.Data)));
    }

    [Fact]
    public void Records_are_cut_where_their_spans_would_repeat_too_much()
    {
        var data = TestTraces.Of([.. Enumerable.Range(1, 1_000).Select(number => TestTraces.Span(1, number))]);
        data.ResourceSpans[0].Resource.Attributes[0].Value.StringValue = new string('r', 200_000);

        var records = Route(data, 4);

        Assert.Equal(6, records.Count);
        Assert.All(records, record => Assert.InRange(record.Routed.EventCount * 200_000L, 1, RoutingLimits.MaxExpandedBytes));
        Assert.Equal(TestTraces.Describe([data]), TestTraces.Describe(records.Select(record => record.Data)));
    }

    [Fact]
    public void Cutting_repeats_little_of_any_request()
    {
        var data = TestTraces.Of([.. Enumerable.Range(1, 17_000).Select(number => TestTraces.Span(1 + (number % 50), number))]);
        data.ResourceSpans[0].Resource.Attributes[0].Value.StringValue = new string('r', 250_000);

        Assert.InRange(Route(data, 8).Sum(record => record.Routed.Value.Length), 1, 20 * 256 * 1024);
    }

    [Fact]
    public void A_transcoded_message_is_routed_like_any_other()
    {
        var json = """
            {"resourceSpans":[{"scopeSpans":[{"spans":[
            {"traceId":"01000000000000000000000000000000","spanId":"0102030405060708","name":"a"},
            {"traceId":"02000000000000000000000000000000","spanId":"0102030405060708","name":"b"}]}]}]}
            """u8.ToArray();
        using var admitted = OtlpJsonAdmission.Admit(json);

        var records = OtlpRouting.Route(admitted, Stamps.One, 1024);
        var data = records.ConvertAll(record => TracesData.Parser.ParseFrom(Stamps.Decode(record).Payload.Span));

        Assert.Equal(["a", "b"], data.Select(message => message.ResourceSpans[0].ScopeSpans[0].Spans.Single().Name).Order(StringComparer.Ordinal));
    }

    private static byte[] Field(int number, byte[] content)
    {
        var bytes = new byte[Schemas.Wire.ProtoWriter.SizeOfMessage(number, content.Length)];
        var writer = new Schemas.Wire.ProtoWriter(bytes);
        writer.WriteMessageHeader(number, content.Length);
        writer.WriteRaw(content);
        return bytes;
    }

    private static List<(RoutedRecord Routed, TracesData Data)> Route(TracesData data, int partitions) =>
        OtlpRouting.Route(OtlpProtobufAdmission.Admit(data.ToByteArray()), Stamps.One, partitions)
            .ConvertAll(routed => (routed, TracesData.Parser.ParseFrom(Stamps.Decode(routed).Payload.Span)));
}
