using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Pipeline.Gateway.Admission;
using Pipeline.Gateway.Routing;
using Pipeline.Testing.Otlp;

namespace Pipeline.Gateway.Tests.Routing;

/// <summary>What holds for every message; a failure prints the seed that repeats it.</summary>
public sealed class RoutingPropertyTests
{
    [Fact]
    public void Regrouping_loses_and_invents_no_span() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(300),
        Prop.ForAll(Arb.From(Gen.Zip(Messages(), Gen.Choose(1, 12))), given =>
        {
            var (data, partitions) = given;
            var admitted = OtlpProtobufAdmission.Admit(data.ToByteArray());

            var records = OtlpRouting.Route(admitted, Stamps.One, partitions);

            var routed = records.ConvertAll(record => TracesData.Parser.ParseFrom(Stamps.Decode(record).Payload.Span));
            Assert.Equal(records.Select(record => record.EventCount), routed.Select(CountSpans));
            Assert.Equal(TestTraces.Describe([WithoutRefused(data)]), TestTraces.Describe(routed));
            Assert.Equal(CountSpans(data), admitted.Spans.Count + admitted.RejectedSpans);
        }));

    private static int CountSpans(TracesData data) => data.ResourceSpans.Sum(resource => resource.ScopeSpans.Sum(scope => scope.Spans.Count));

    private static TracesData WithoutRefused(TracesData data)
    {
        var kept = data.Clone();
        foreach (var scope in kept.ResourceSpans.SelectMany(resource => resource.ScopeSpans))
        {
            var spans = scope.Spans.Where(span => span.SpanId.Length == 8).ToList();
            scope.Spans.Clear();
            scope.Spans.Add(spans);
        }

        return kept;
    }

    private static Gen<TracesData> Messages() =>
        from resources in Gen.ListOf(
            from scopes in Gen.ListOf(
                from spans in Gen.ListOf(Spans())
                from name in Gen.Elements("", "scope", "langfuse-sdk")
                select Scope(name, spans))
            from service in Gen.Elements("", "a", "b")
            select Resource(service, scopes))
        select new TracesData { ResourceSpans = { resources } };

    // One span in some hundred fills a record of its own, one in twenty is refused.
    private static Gen<Span> Spans() =>
        from trace in Gen.Choose(1, 12)
        from number in Gen.Choose(1, 1000)
        from size in Gen.Frequency((300, Gen.Choose(0, 400)), (1, Gen.Constant(RoutingLimits.TargetRecordBytes)))
        from isGood in Gen.Frequency((19, Gen.Constant(true)), (1, Gen.Constant(false)))
        select isGood ? TestTraces.Span(trace, number, size) : new Span(TestTraces.Span(trace, number, size)) { SpanId = ByteString.Empty };

    private static ScopeSpans Scope(string name, IEnumerable<Span> spans) =>
        new() { Scope = name.Length == 0 ? null : new InstrumentationScope { Name = name }, SchemaUrl = name, Spans = { spans } };

    private static ResourceSpans Resource(string service, IEnumerable<ScopeSpans> scopes)
    {
        var resource = new Resource { Attributes = { new KeyValue { Key = "service.name", Value = new AnyValue { StringValue = service } } } };
        return new ResourceSpans { Resource = service.Length == 0 ? null : resource, ScopeSpans = { scopes } };
    }
}
