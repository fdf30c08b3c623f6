using Pipeline.Schemas;
using Pipeline.Storage.Merging;
using Pipeline.Storage.States;

namespace Pipeline.Consumers.Tests.Converting.Otlp;

public sealed class TraceMapperTests
{
    private static readonly long StartMicros = (long)(OtlpMessages.Start / 1000);

    [Fact]
    public void A_root_lends_the_trace_its_name_input_and_output()
    {
        var trace = Trace(OtlpMessages.Root("x", ("input", "i"), ("output", "o"), ("user.id", "u"), ("session.id", "s"), ("plain", 1)));

        Assert.Equal(("span name", "i", "o"), (trace.Name.Value.ToString(), trace.Input.Value.ToString(), trace.Output.Value.ToString()));
        Assert.Equal(("u", "s"), (trace.UserId.Value.ToString(), trace.SessionId.Value.ToString()));
        Assert.Equal(StartMicros, trace.Timestamp.Value);
        Assert.Equal(["attributes", "resourceAttributes", "scope"], Keys(trace));
    }

    [Fact]
    public void What_the_caller_names_wins_over_the_root_whatever_the_times()
    {
        var child = OtlpMessages.Span(
            Pairs(("langfuse.trace.name", "mine"), ("langfuse.trace.input", "caller")), OtlpMessages.ParentId, spanId: OtlpMessages.Hex(7), end: OtlpMessages.End - 1_000_000_000);
        var root = OtlpMessages.Span(Pairs(("input", "root's"), ("output", "root's")));

        foreach (var order in new[] { new[] { child, root }, [root, child] })
        {
            var trace = Trace(Records.Convert([.. order.Select(span => OtlpMessages.Record([span]))]));

            Assert.Equal(("mine", "caller", "root's"), (trace.Name.Value.ToString(), trace.Input.Value.ToString(), trace.Output.Value.ToString()));
        }
    }

    [Fact]
    public void A_plain_child_only_says_that_the_trace_exists()
    {
        var trace = Trace(Records.Convert(OtlpMessages.Record(
            [OtlpMessages.Span(Pairs(("input", "i")), OtlpMessages.ParentId)], resource: Pairs(("service.version", "1")))));

        Assert.Equal(StartMicros, trace.Timestamp.Value);
        Assert.True(trace.Name.IsAbsent && trace.Input.IsAbsent && trace.AppVersion.IsAbsent);
        Assert.Empty(trace.Metadata.Entries);
    }

    [Fact]
    public void A_trace_created_by_event_is_not_overwritten_by_its_root_span()
    {
        var create = Records.Rest(Records.Event("trace-create", $$"""{"id":"{{OtlpMessages.TraceId}}","name":"set","input":"mine"}""", "2020-01-01T00:00:00Z"));

        var trace = Trace(Records.Convert(OtlpMessages.Record([OtlpMessages.Span(Pairs(("input", "root's")))]), create));

        Assert.Equal(("set", "mine"), (trace.Name.Value.ToString(), trace.Input.Value.ToString()));
    }

    [Fact]
    public void An_old_root_marker_on_a_child_means_nothing()
    {
        var trace = Trace(Records.Convert(OtlpMessages.Record([OtlpMessages.Span(Pairs(("langfuse.internal.as_root", true), ("input", "i")), OtlpMessages.ParentId)])));

        Assert.True(trace.Input.IsAbsent);
    }

    [Fact]
    public void A_parent_of_zeroes_is_none()
    {
        var sink = Records.Convert(OtlpMessages.Record([OtlpMessages.Span(parent: OtlpMessages.Hex(0))]));

        Assert.False(sink.Observations.Values.Single().ParentObservationId.HasValue);
        Assert.Equal("span name", Trace(sink).Name.Value.ToString());
    }

    [Theory]
    [InlineData("langfuse.trace.tags", "[\"b\",\"a\"]", "a b")]
    [InlineData("langfuse.tags", "b, a,,", "a b")]
    [InlineData("tag.tags", "one", "one")]
    [InlineData("langfuse.trace.metadata.langfuse_tags", "[1]", "1")]
    public void Tags_come_as_array_text_commas_or_one(string key, string value, string stored) => Assert.Equal(
        stored, string.Join(' ', Trace(OtlpMessages.Root("x", (key, value))).Tags.Select(tag => tag.ToString()).Order(StringComparer.Ordinal)));

    [Fact]
    public void Tags_come_as_an_attribute_array() => Assert.Equal(
        ["a", "b"], Trace(OtlpMessages.Root("x", ("langfuse.trace.tags", new object?[] { "b", "a" }))).Tags.Select(tag => tag.ToString()).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData(true, true)]
    [InlineData("true", true)]
    [InlineData(false, false)]
    [InlineData("yes", false)]
    public void Public_is_true_or_its_text(object value, bool stored) =>
        Assert.Equal(stored, Trace(OtlpMessages.Root("x", ("langfuse.trace.public", value))).IsPublic.Value);

    [Theory]
    [InlineData("langfuse.environment", "Prod", null, null, "prod")]
    [InlineData("deployment.environment", "span", "deployment.environment.name", "resource", "resource")]
    [InlineData("x", "y", "deployment.environment", "resource", "resource")]
    [InlineData("x", "y", null, null, "default")]
    public void The_environment_is_looked_up_key_by_key(string key, string value, string? resourceKey, string? resourceValue, string stored)
    {
        var resource = resourceKey is null ? Pairs() : Pairs((resourceKey, resourceValue));

        var sink = Records.Convert(OtlpMessages.Record([OtlpMessages.Span(Pairs((key, value)))], resource: resource));

        Assert.Equal((stored, stored), (Trace(sink).Environment.Value.ToString(), sink.Observations.Values.Single().Environment.Value.ToString()));
    }

    [Theory]
    [InlineData("langfuse.user.id", "user.id")]
    [InlineData("user.id", "langfuse.trace.metadata.langfuse_user_id")]
    [InlineData("langfuse.observation.metadata.langfuse_user_id", "ai.telemetry.metadata.userId")]
    public void The_user_is_the_first_of_its_keys(string first, string second) =>
        Assert.Equal("1", Trace(OtlpMessages.Root("x", (second, "2"), (first, 1))).UserId.Value.ToString());

    [Fact]
    public void Metadata_merges_object_and_keys_and_leaves_trace_fields_out()
    {
        var sink = OtlpMessages.Root(
            "langfuse-sdk",
            ("langfuse.observation.metadata", """{"a":1,"__proto__":{"x":2}}"""),
            ("langfuse.observation.metadata.b.c", "two"),
            ("ai.telemetry.metadata.k", true),
            ("ai.telemetry.metadata.userId", "u"),
            ("langfuse.trace.metadata.t", "trace"));

        var entries = sink.Observations.Values.Single().Metadata.Entries.ToDictionary(entry => entry.Key.ToString(), entry => entry.Value.ToString(), StringComparer.Ordinal);
        Assert.Equal(["__proto__", "a", "b.c", "k", "resourceAttributes", "scope"], entries.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("""{"x":2}""", entries["__proto__"]);
        Assert.Equal("""{"name":"langfuse-sdk","version":"1.0","attributes":{}}""", entries["scope"]);
        Assert.Contains("t", Keys(Trace(sink)));
    }

    [Fact]
    public void Remaining_attributes_are_texts_and_hold_no_content()
    {
        var sink = OtlpMessages.Root("x", ("s", "q\"\u0001"), ("i", -1), ("d", 2.5), ("f", false), ("a", new object?[] { "x", 1 }), ("input.value", "content"), ("n", null));

        Assert.Equal("""{"s":"q\"\u0001","i":"-1","d":"2.5","f":"false","a":"[\"x\",1]","n":"null"}""", sink.Attributes());
    }

    private static TraceState Trace(ListSink sink) => sink.Trace(OtlpMessages.TraceId);

    private static List<string> Keys(TraceState trace) => [.. trace.Metadata.Entries.Select(entry => entry.Key.ToString()).Order(StringComparer.Ordinal)];

    private static Dictionary<string, object?> Pairs(params (string Key, object? Value)[] pairs) =>
        pairs.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
}
