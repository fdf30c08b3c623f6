using Pipeline.Schemas;
using Pipeline.Schemas.Ids;
using Pipeline.Storage.Merging;
using Pipeline.Storage.States;

namespace Pipeline.Consumers.Tests.Converting.Rest;

public sealed class TraceBodyTests
{
    private const string Early = "2026-11-21T10:00:00Z";
    private const string Late = "2026-11-21T10:00:01Z";

    [Fact]
    public void All_fields_are_taken_over()
    {
        var trace = Trace("""
            {"id":"t1","timestamp":"2026-11-20T10:00:00.123456Z","name":"chat","userId":"u-ä","sessionId":"s1","release":"v1","version":"7",
             "environment":"Staging","public":true,"tags":["b","a","a",null],"input":{"q" : "ü"},"output":"done","metadata":{"k":"v","n":{"a":[1,null]}}}
            """);

        Assert.Equal(Records.Time("2026-11-20T10:00:00.123456Z"), trace.Timestamp.Value);
        Assert.Equal(("chat", "u-ä", "s1"), (trace.Name.Value.ToString(), trace.UserId.Value.ToString(), trace.SessionId.Value.ToString()));
        Assert.Equal(("v1", "7", "staging"), (trace.Release.Value.ToString(), trace.AppVersion.Value.ToString(), trace.Environment.Value.ToString()));
        Assert.True(trace.IsPublic.Value);
        Assert.Equal(["a", "b"], trace.Tags.Select(tag => tag.ToString()).Order(StringComparer.Ordinal));
        Assert.Equal("""{"q" : "ü"}""", trace.Input.Value.ToString());
        Assert.Equal("done", trace.Output.Value.ToString());
        Assert.Equal(["k=v", """n={"a":[1,null]}"""], Metadata(trace));
    }

    [Fact]
    public void A_trace_without_id_gets_the_id_that_the_gateway_routed_it_by()
    {
        var sink = Records.ConvertEvents(Records.Event("trace-create", """{"name":"n"}""", id: "event-7"));

        Assert.Equal(DerivedIds.ForEvent(Records.Project, "event-7"), sink.Traces.Keys.Single().TraceId.ToString());
    }

    [Theory]
    [InlineData("name", "Name")]
    [InlineData("userId", "UserId")]
    [InlineData("sessionId", "SessionId")]
    [InlineData("release", "Release")]
    [InlineData("version", "AppVersion")]
    public void Null_clears_a_text_and_absent_keeps_it(string field, string property)
    {
        var set = Records.Event("trace-create", $$"""{"id":"t1","{{field}}":"x"}""", Early);

        Assert.Equal("x", Text(Records.ConvertEvents(set, Records.Event("trace-create", """{"id":"t1"}""", Late)), property));
        Assert.Null(Text(Records.ConvertEvents(set, Records.Event("trace-create", $$"""{"id":"t1","{{field}}":null}""", Late)), property));
    }

    [Fact]
    public void Absent_public_changes_nothing()
    {
        var sink = Records.ConvertEvents(
            Records.Event("trace-create", """{"id":"t1","public":true}""", Early), Records.Event("trace-create", """{"id":"t1"}""", Late));

        Assert.True(sink.Trace("t1").IsPublic.Value);
    }

    [Theory]
    [InlineData("null", null)]
    [InlineData("\"\"", null)]
    [InlineData("0", "0")]
    [InlineData("false", "false")]
    [InlineData("\"text\"", "text")]
    [InlineData("{}", "{}")]
    [InlineData("123456789012345678901", "123456789012345678901")]
    [InlineData("1e400", "1e400")]
    [InlineData("\"a\\u00e4\\ud83d\\ude00\\\"\\n\"", "aä😀\"\n")]
    [InlineData("\"cut \\ud83d\"", "cut \uFFFD")]
    [InlineData("\"nul \\u0000\"", "nul \uFFFD")]
    [InlineData("{\"a\":\"cut \\ud83d\"}", "{\"a\":\"cut \\ufffd\"}")]
    public void Content_is_a_string_as_it_is_or_json_text(string input, string? stored) =>
        Assert.Equal(stored, Text(Records.ConvertEvents(Records.Event("trace-create", $$"""{"id":"t1","input":{{input}}}""")), "Input"));

    [Fact]
    public void A_falsy_content_never_replaces_a_truthy_one()
    {
        var sink = Records.ConvertEvents(
            Records.Event("trace-create", """{"id":"t1","output":"yes"}""", Early),
            Records.Event("trace-create", """{"id":"t1","output":false}""", Late));

        Assert.Equal("yes", Text(sink, "Output"));
    }

    [Theory]
    [InlineData("\"text\"", "metadata=text")]
    [InlineData("12", "metadata=12")]
    [InlineData("[1,2]", "metadata=[1,2]")]
    [InlineData("{\"a.b[0]\":1,\"__proto__\":{\"x\":1},\"\":true}", "=true;__proto__={\"x\":1};a.b[0]=1")]
    [InlineData("null", "")]
    [InlineData("[]", "")]
    public void Metadata_keys_are_flat(string metadata, string entries) =>
        Assert.Equal(entries, string.Join(';', Metadata(Trace($$"""{"id":"t1","metadata":{{metadata}}}"""))));

    [Fact]
    public void The_earliest_given_start_wins_over_any_default()
    {
        var sink = Records.ConvertEvents(
            Records.Event("span-create", """{"id":"s","traceId":"t1","startTime":"2026-11-20T09:00:00Z"}""", Early),
            Records.Event("trace-create", """{"id":"t1"}""", Early),
            Records.Event("trace-create", """{"id":"t1","timestamp":"2026-11-20T10:00:00Z"}""", Late));

        Assert.Equal(Records.Time("2026-11-20T10:00:00Z"), sink.Trace("t1").Timestamp.Value);
    }

    [Fact]
    public void A_clock_that_is_ahead_wins_for_five_minutes_only()
    {
        var ahead = Records.ConvertEvents(Records.Event("trace-create", """{"id":"t1","name":"x"}""", "2027-11-21T10:00:00Z")).Trace("t1");

        Assert.Equal(
            FieldVersion.LastWins(SourceRank.Caller, Records.ReceivedAt + FieldVersion.MaxAheadMicros, isUpdate: false), ahead.Name.Version);
    }

    [Fact]
    public void Another_project_in_the_body_means_nothing() =>
        Assert.Equal(Records.Project, Trace("""{"id":"t1","projectId":"other","project_id":"other"}""").Key.ProjectId.ToString());

    private static TraceState Trace(string body) => Records.ConvertEvents(Records.Event("trace-create", body)).Trace("t1");

    private static string? Text(ListSink sink, string property)
    {
        var register = (Register<Utf8Text>)typeof(TraceState).GetProperty(property)!.GetValue(sink.Trace("t1"))!;
        return register.HasValue ? register.Value.ToString() : null;
    }

    private static List<string> Metadata(TraceState trace) =>
        [.. trace.Metadata.Entries.Select(entry => $"{entry.Key}={entry.Value}").Order(StringComparer.Ordinal)];
}
