using System.Globalization;
using System.Text;
using Pipeline.Gateway.Admission;
using Pipeline.Gateway.Routing;
using Pipeline.Gateway.Tests.BadInputs;

namespace Pipeline.Gateway.Tests.Admission;

public sealed class IngestionAdmissionTests
{
    private const string Secret = "do-not-echo-me";

    [Theory]
    [InlineData("", 400, "empty")]
    [InlineData(" \r\n", 400, "empty")]
    [InlineData("{\"batch\":[{\"id\":\"do-not-echo-me", 400, "at byte 16")]
    [InlineData("{\"batch\":[]} do-not-echo-me", 400, "at byte 13")]
    [InlineData("{\"batch\":[]}{\"batch\":[]}", 400, "at byte 12")]
    [InlineData("{\"batch\":[NaN]}", 400, "NaN at byte 10")]
    [InlineData("{\"batch\":[{\"a\":-Infinity}]}", 400, "-Infinity at byte 15")]
    [InlineData("{\"batch\":[{\"a\":Infinity}]}", 400, "Infinity at byte 15")]
    [InlineData("[]", 400, "'batch'")]
    [InlineData("\"do-not-echo-me\"", 400, "'batch'")]
    [InlineData("{}", 400, "'batch' is missing")]
    [InlineData("{\"batch\":null}", 400, "must be an array")]
    [InlineData("{\"batch\":{\"do-not-echo-me\":1}}", 400, "must be an array")]
    [InlineData("{\"batch\":[],\"batch\":[]}", 400, "twice")]
    public void A_body_that_is_no_batch_is_refused_with_the_place_and_without_its_content(string body, int status, string reason)
    {
        var rejection = Admit.Body(body).Rejection;

        Assert.Equal(status, rejection?.Status);
        Assert.Contains(reason, rejection!.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, rejection.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_encodings_are_named()
    {
        var mark = Encoding.Unicode.GetPreamble();
        byte[][] bodies =
        [
            Encoding.Unicode.GetBytes("{\"batch\":[]}"), Encoding.BigEndianUnicode.GetBytes("{\"batch\":[]}"), Encoding.UTF32.GetBytes("{\"batch\":[]}"),
            [.. mark, .. Encoding.Unicode.GetBytes("{\"batch\":[]}")],
        ];

        Assert.All(bodies, body => Assert.Contains("UTF-16", Admit.Body(body).Rejection!.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void A_byte_order_mark_is_no_content() => Assert.Null(Admit.Body([0xEF, 0xBB, 0xBF, .. Requests.GoodBatch]).Rejection);

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Fields_beside_the_batch_nest_64_levels(int depth, bool isAccepted)
    {
        var rejection = Admit.Body($$"""{"metadata":{{Nested(depth)}},"batch":[]}""").Rejection;

        Assert.Equal(isAccepted, rejection is null);
    }

    [Theory]
    [InlineData("input", 512, true)]
    [InlineData("input", 513, false)]
    [InlineData("output", 513, false)]
    [InlineData("metadata", 513, false)]
    [InlineData("unheard-of", 513, false)]
    public void Values_of_an_event_nest_512_levels(string field, int depth, bool isAccepted)
    {
        var error = Admit.ErrorOf("trace-create", $$"""{"id":"t","{{field}}":{{Nested(depth)}}}""");

        Assert.Equal(isAccepted, error is null);
        Assert.True(isAccepted || error!.Contains("512", StringComparison.Ordinal));
    }

    [Fact]
    public void More_events_than_the_cap_are_refused_together()
    {
        var tooMany = string.Join(',', Enumerable.Repeat("1", IngestionLimits.MaxEvents + 1));

        var rejection = Admit.Body($$"""{"batch":[{{tooMany}}]}""").Rejection;

        Assert.Equal(413, rejection?.Status);
        Assert.Contains(IngestionLimits.MaxEvents.ToString(CultureInfo.InvariantCulture), rejection!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_body_is_kept_byte_for_byte()
    {
        const string Body = """{ "id" : "t", "n":1e400,"big":12345678901234567890, "x":"\u00e4\ud83d", "__proto__":{"a":1} }""";
        var received = Requests.Batch(Requests.Event("e", Body));

        var admitted = Assert.Single(Admit.Body(received).Events);

        Assert.Equal(Body, Encoding.UTF8.GetString(admitted.Event.Body.Span));
        Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(admitted.Event.Body, out var slice));
        Assert.Same(received, slice.Array);
    }

    [Fact]
    public void Bytes_that_are_no_text_arrive_replaced()
    {
        byte[] body = [.. "{\"batch\":[{\"id\":\"e\",\"type\":\"trace-create\",\"timestamp\":\"2026-11-21T00:00:00Z\",\"body\":{\"id\":\"t\",\"name\":\"a"u8, 0xC0, 0xFF, .. "\"}}]}"u8];

        var result = Admit.Body(body);

        Assert.Equal("{\"id\":\"t\",\"name\":\"a\uFFFD\uFFFD\"}", Encoding.UTF8.GetString(Assert.Single(result.Events).Event.Body.Span));
    }

    [Theory]
    [InlineData("""{"\ud83d\ude":1}""", true)]
    [InlineData("""{"\ud83d":1,"batch":[]}""", false)]
    [InlineData("""{"batch":[{"\ud83d":1}]}""", false)]
    [InlineData("""{"batch":[{"id":"e","type":"\udc00pan-create","timestamp":"\ud83d","body":{"\ud83d":1}}]}""", false)]
    public void Escapes_that_stand_for_no_character_are_data_also_in_names(string body, bool isRefused) =>
        Assert.Equal(isRefused, Admit.Body(body).Rejection is not null);

    [Fact]
    public void Escaped_names_are_names()
    {
        var result = Admit.Body("""{"\u0062atch":[{"\u0069d":"e","t\u0079pe":"trace-\u0063reate","timestamp":"2026-11-21T00:00:00\u005a","body":{"\u0069d":"\u0074"}}]}""");

        var admitted = Assert.Single(result.Events);
        Assert.Equal(("e", "trace-create", "t"), (admitted.Event.Id.ToString(), admitted.Event.Type.ToString(), admitted.TraceKey.ToString()));
    }

    [Fact]
    public void The_type_may_stand_behind_the_body()
    {
        var result = Admit.Body("""{"batch":[{"body":{"id":"s","traceId":"t","level":"LOUD"},"type":"span-create","timestamp":"2026-11-21T00:00:00Z","id":"e"}]}""");

        Assert.Contains("level", Assert.Single(result.Errors).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_event_above_the_logs_limit_is_refused_alone()
    {
        var huge = Requests.Event("huge", $$"""{"id":"t","input":"{{new string('x', RoutingLimits.MaxEventBytes)}}"}""");

        var result = Admit.Body(Requests.Batch(huge, Requests.Event("good")));

        Assert.Equal(["good"], result.Events.Ids());
        Assert.Contains(RoutingLimits.MaxEventBytes.ToString(CultureInfo.InvariantCulture), Assert.Single(result.Errors).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Successes_are_creates_by_time_then_updates_by_time()
    {
        var result = Admit.Body(Requests.Batch(
            At("u2", "span-update", 5), At("c3", "trace-create", 4), At("u1", "generation-update", 1), At("c1", "span-create", 2), At("c2", "score-create", 3),
            At("c4", "event-create", 4), At("u3", "observation-update", 9)));

        Assert.Empty(result.Errors);
        Assert.Equal(["c1", "c2", "c3", "c4", "u1", "u2", "u3"], result.InAnswerOrder().Ids());
    }

    [Fact]
    public void Successes_in_order_stay_as_they_are()
    {
        var result = Admit.Body(Requests.Batch(At("a", "trace-create", 1), At("b", "span-create", 1), At("c", "span-update", 0), At("d", "span-update", 0)));

        Assert.Equal(["a", "b", "c", "d"], result.InAnswerOrder().Ids());
    }

    [Fact]
    public void A_public_key_alone_sends_scores_and_logs()
    {
        var body = Requests.Batch(
            Requests.Event("score", """{"name":"q","traceId":"t","value":1}""", "score-create"),
            Requests.Event("log", """{"log":"x"}""", "sdk-log"),
            Requests.Event("trace"),
            Requests.Event("broken", "1"));

        var result = Admit.Body(body, isPublicKeyAlone: true);

        Assert.Equal(["score"], result.Events.Ids());
        Assert.Equal(1, result.SdkLogs);
        Assert.Equal(
            [("trace", 401, "Authentication error"), ("broken", 400, "Invalid request data")],
            result.Errors.Select(error => (error.Id.ToString(), error.Status, error.Message)));
        Assert.Equal("Access Scope Denied", result.Errors[0].Error);
    }

    private static string At(string id, string type, int second)
    {
        var body = type == "score-create" ? """{"name":"q","traceId":"t","value":1}""" : """{"id":"x","traceId":"t","type":"SPAN"}""";
        return Requests.Event(id, body, type, $"2026-11-21T00:00:0{second}Z");
    }

    private static string Nested(int depth) => new string('[', depth) + "1" + new string(']', depth);
}
