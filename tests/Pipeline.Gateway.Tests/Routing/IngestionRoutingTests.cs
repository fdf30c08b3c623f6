using System.Text;
using Pipeline.Gateway.Admission;
using Pipeline.Gateway.Routing;
using Pipeline.Gateway.Tests.Admission;
using Pipeline.Gateway.Tests.BadInputs;
using Pipeline.Schemas;
using Pipeline.Schemas.Records;

namespace Pipeline.Gateway.Tests.Routing;

public sealed class IngestionRoutingTests
{
    [Fact]
    public void Nothing_makes_no_record() => Assert.Empty(IngestionRouting.Route([], Stamps.One, 4));

    [Theory]
    [InlineData(1, 20)]
    [InlineData(4, 20)]
    [InlineData(8, 300)]
    public void Every_event_goes_to_the_partition_of_its_trace_in_order(int partitions, int traces)
    {
        var events = Events(traces, 400);

        var records = IngestionRouting.Route(events, Stamps.One, partitions);

        Assert.Equal(records.Count, records.DistinctBy(record => record.Partition).Count());
        foreach (var record in records)
        {
            Assert.Equal(
                events.Where(admitted => PartitionRule.PartitionOf(Admit.Project, admitted.TraceKey.Span, partitions) == record.Partition).Ids(),
                Read(record).Select(item => item.Id.ToString()));
        }
    }

    [Fact]
    public void A_record_carries_the_request_and_the_events_as_received()
    {
        var events = Events(1, 2);

        var routed = Assert.Single(IngestionRouting.Route(events, Stamps.One, 4));

        var record = Stamps.Decode(routed);
        Assert.Equal("project-1/trace-0", routed.Key);
        Assert.Equal(PartitionRule.PartitionOf(Encoding.UTF8.GetBytes(routed.Key), 4), routed.Partition);
        Assert.Equal(
            ("project-1", "pk-lf-1", "request-1", "python", "4.18.0", PayloadKind.LangfuseEvents, 2),
            (record.ProjectId, record.PublicKey, record.RequestId, record.SdkName, record.SdkVersion, record.PayloadKind, record.EventCount));
        Assert.Equal(UnixMicros.From(Stamps.One.ReceivedAt), record.ReceivedAtMicros);
        Assert.Equal(
            events.Select(admitted => (admitted.Event.Id, admitted.Event.Type, admitted.Event.TimestampMicros, Encoding.UTF8.GetString(admitted.Event.Body.Span))),
            Read(routed).Select(item => (item.Id, item.Type, item.TimestampMicros, Encoding.UTF8.GetString(item.Body.Span))));
    }

    [Fact]
    public void Above_eight_partitions_all_go_with_the_first_trace()
    {
        var events = Events(500, 500);

        var record = Assert.Single(IngestionRouting.Route(events, Stamps.One, 1000));

        Assert.Equal(PartitionRule.PartitionOf(Admit.Project, "trace-0"u8, 1000), record.Partition);
        Assert.Equal(events.Ids(), Read(record).Select(item => item.Id.ToString()));
    }

    [Fact]
    public void Records_are_cut_between_events_at_the_target()
    {
        var events = Events(1, 30, padding: 100_000);

        var records = IngestionRouting.Route(events, Stamps.One, 1);

        Assert.Equal(3, records.Count);
        Assert.All(records, record => Assert.InRange(Stamps.Decode(record).Payload.Length, 1, RoutingLimits.TargetRecordBytes));
        Assert.Equal(events.Ids(), records.SelectMany(Read).Select(item => item.Id.ToString()));
        Assert.Equal(3, records.Select(record => Stamps.Decode(record).RecordId).Distinct().Count());
    }

    [Fact]
    public void An_event_above_the_target_has_a_record_of_its_own()
    {
        List<AdmittedEvent> events = [.. Events(1, 1), .. Events(1, 1, padding: 3 * RoutingLimits.TargetRecordBytes), .. Events(1, 1)];

        Assert.Equal([1, 1, 1], IngestionRouting.Route(events, Stamps.One, 1).Select(record => record.EventCount));
    }

    private static List<AdmittedEvent> Events(int traces, int count, int padding = 0) => Admit.Body(Requests.Batch(
        [.. Enumerable.Range(0, count).Select(index => Requests.Event($"e{index}", $$"""{"id":"trace-{{index % traces}}","name":"n","input":"{{new string('x', padding)}}"}"""))])).Events;

    private static List<LangfuseEvent> Read(RoutedRecord routed)
    {
        var events = new List<LangfuseEvent>();
        Assert.True(LangfuseEventsCodec.TryRead(Stamps.Decode(routed).Payload, events));
        return events;
    }
}
