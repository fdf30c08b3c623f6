using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Pipeline.Buffer;
using Pipeline.Consumers.Converting;
using Pipeline.Consumers.Converting.Otlp;
using Pipeline.Schemas.Records;

namespace Pipeline.Consumers.Tests.Converting;

/// <summary>What holds for every input; a failure prints the seed that repeats it.</summary>
public sealed class ConversionPropertyTests
{
    private static readonly string[] Scopes = ["ai", "genkit-tracer", "pydantic-ai", "langfuse-sdk", "gcp.vertex.agent", "livekit-agents", "x"];
    private static readonly string[] EventTypes =
        ["trace-create", "score-create", "span-create", "span-update", "generation-create", "observation-create", "event-create", "x"];

    private static readonly string[] Fields =
    [
        "id", "traceId", "name", "startTime", "timestamp", "input", "output", "metadata", "tags", "usage", "usageDetails", "costDetails", "level",
        "public", "value", "dataType", "type", "environment", "modelParameters", "promptName", "promptVersion",
    ];

    private static readonly string[] Fragments =
    [
        "null", "true", "0", "-1", "1e400", "12345678901234567890123", "\"\"", "\"\\ud83d\"", "\"\\u0000\"", "\"2026-11-21T10:00:00Z\"", "[]", "{}",
        "[1,[2,{\"a\":null}]]", "{\"input\":1,\"output\":2.5}", "{\"__proto__\":{\"a\":1}}", "{\"prompt_tokens\":1,\"completion_tokens\":2,\"total_tokens\":3}",
        "\"SPAN\"", "\"BOOLEAN\"", "{\"a\":", "]", "\"\\", "{\"messages\":[{\"role\":\"system\"}]}", "{\"usage\":{\"inputTokens\":1}}", "\u00e4",
    ];

    [Fact]
    public void Random_bytes_never_throw_and_every_accepted_event_is_counted() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2_000),
        Prop.ForAll<byte[]>(bytes =>
        {
            foreach (var kind in new[] { PayloadKind.OtlpSpans, PayloadKind.LangfuseEvents })
            {
                var result = new RecordConverter().Convert(Records.Of(kind, bytes, 3), Records.Source(), new ListSink());
                Assert.True(result.Stored + result.Failed >= 3);
            }
        }));

    [Fact]
    public void Damaged_spans_never_throw() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2_000),
        Prop.ForAll(Arb.From(Gen.Zip(Spans(), Gen.Zip(Gen.Choose(0, 5_000), Gen.Choose(0, 255)))), given =>
        {
            var payload = given.Item1.Payload.ToArray();
            payload[given.Item2.Item1 % payload.Length] = (byte)given.Item2.Item2;

            var result = new RecordConverter().Convert(given.Item1 with { Payload = payload }, Records.Source(), new ListSink());

            Assert.True(result.Stored + result.Failed >= given.Item1.EventCount);
        }));

    [Fact]
    public void Any_attributes_convert_alike_twice() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(1_000), Prop.ForAll(Arb.From(Spans()), AssertDeterministic));

    [Fact]
    public void Any_events_convert_alike_twice() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(1_000), Prop.ForAll(Arb.From(Events()), AssertDeterministic));

    // A fresh converter, one that was used before, and a record converted twice must all say the same.
    private static void AssertDeterministic(BufferRecord record)
    {
        var once = new ListSink();
        var twice = new ListSink();
        var converter = new RecordConverter();

        var first = new RecordConverter().Convert(record, Records.Source(), once);
        converter.Convert(record, Records.Source(), twice);
        var second = converter.Convert(record, Records.Source(), twice);

        Assert.Equal(once.Describe(), twice.Describe());
        Assert.Equal((first.Stored, first.Failed), (second.Stored, second.Failed));
        Assert.Equal(first.EntityHashes, second.EntityHashes);
        Assert.Equal(record.EventCount, first.Stored + first.Failed);
    }

    private static Gen<BufferRecord> Events() =>
        from events in Gen.ListOf(
            from type in Gen.Elements(EventTypes)
            from fields in Gen.ListOf(Gen.Zip(Gen.Elements(Fields), Gen.Elements(Fragments)))
            select Records.Event(type, $"{{{string.Join(',', fields.Select(field => $"\"{field.Item1}\":{field.Item2}"))}}}"))
        select Records.Rest([.. events]);

    private static Gen<BufferRecord> Spans() =>
        from scope in Gen.Elements(Scopes)
        from spans in Gen.NonEmptyListOf(
            from attributes in Gen.ListOf(Gen.Zip(Keys(), Values()))
            from isRoot in Gen.Elements(true, false)
            from status in Gen.Choose(0, 3)
            from name in Gen.Elements("gen_ai.choice", "gen_ai.user.message", "gen_ai.content.prompt", "exception")
            let pairs = attributes.DistinctBy(pair => pair.Item1).ToDictionary(pair => pair.Item1, pair => pair.Item2, StringComparer.Ordinal)
            select OtlpMessages.Span(pairs, isRoot ? null : OtlpMessages.ParentId, status: status, events: [OtlpMessages.Event(name, pairs)]))
        select OtlpMessages.Record([.. spans], scope);

    private static Gen<string> Keys() => Gen.OneOf(
        Gen.Choose(0, KnownAttributes.Count - 1).Select(index => KnownAttributes.TextOf((KnownAttribute)index)),
        Gen.Elements(
            "gen_ai.prompt.0.role", "gen_ai.prompt.0", "gen_ai.prompt.x.y.z", "llm.input_messages.5.message", "gen_ai.usage.x", "gen_ai.usage.total_tokens",
            "llm.token_count.prompt_details.cache_read", "gen_ai.request.k", "langfuse.trace.metadata.__proto__", "gen_ai.completion..", "", "a.b"));

    private static Gen<object?> Values() => Gen.OneOf(
        Gen.Elements(Fragments).Select(text => (object?)text),
        Gen.Elements<object?>("true", 1, -1L, 2.5, double.NaN, double.MaxValue, true, null, "", Encoding.UTF8.GetBytes("x")),
        Gen.Elements<object?>(new object?[] { "a", 1 }, new Dictionary<string, object?>(StringComparer.Ordinal) { ["k"] = new object?[] { true } }));
}
