namespace Pipeline.Consumers.Tests.Converting.Otlp;

public sealed class InputOutputMapperTests
{
    [Theory]
    // 1: Langfuse's own
    [InlineData("x", "langfuse.observation.input", "langfuse.observation.output", "a", "{\"b\":1}", "a", "{\"b\":1}")]
    // Other conventions on a span of the Langfuse SDK
    [InlineData("langfuse-sdk", "input.value", "output.value", "a", "b", "a", "b")]
    // 2: Genkit
    [InlineData("genkit-tracer", "genkit:input", "genkit:output", "{\"messages\":[1]}", "{\"message\":{\"a\":2}}", "[1]", "{\"a\":2}")]
    [InlineData("genkit-tracer", "genkit:input", "genkit:output", "plain", "{\"x\":1}", "plain", "{\"x\":1}")]
    // 3: Vercel
    [InlineData("ai", "ai.prompt.messages", "ai.response.text", "[]", "text", "[]", "text")]
    [InlineData("ai", "ai.toolCall.args", "ai.toolCall.result", "{}", "{\"r\":1}", "{}", "{\"r\":1}")]
    [InlineData("ai", "gen_ai.input.messages", "ai.result.object", "[{\"a\":1}]", "{}", "[{\"a\":1}]", "{}")]
    [InlineData("not-ai", "ai.prompt", "ai.response.text", "a", "b", null, null)]
    // 8: Google's agent kit
    [InlineData("x", "gcp.vertex.agent.llm_request", "gcp.vertex.agent.llm_response", "q", "r", "q", "r")]
    // 9 and 10: Logfire's prompt, LiveKit
    [InlineData("x", "prompt", "all_messages_events", "p", "[]", "p", "[]")]
    [InlineData("x", "lk.user_transcript", "lk.response.text", "u", "t", "u", "t")]
    // 12: the pairs, in order
    [InlineData("x", "mlflow.spanInputs", "mlflow.spanOutputs", "i", "o", "i", "o")]
    [InlineData("x", "traceloop.entity.input", "traceloop.entity.output", "i", "o", "i", "o")]
    [InlineData("x", "input.value", "output.value", "i", "o", "i", "o")]
    [InlineData("x", "input", "output", "i", "o", "i", "o")]
    // 13: Pydantic
    [InlineData("pydantic-ai", "pydantic_ai.all_messages", "final_result", "[]", "f", "[]", "f")]
    [InlineData("pydantic-ai", "tool_arguments", "tool_response", "{}", "t", "{}", "t")]
    [InlineData("x", "tool_arguments", "tool_response", "{}", "t", null, null)]
    // 15: gen_ai messages, else a tool's call
    [InlineData("x", "gen_ai.input.messages", "gen_ai.output.messages", "[1]", "[2]", "[1]", "[2]")]
    [InlineData("x", "gen_ai.tool.call.arguments", "gen_ai.tool.call.result", "{}", "r", "{}", "r")]
    public void Each_convention_is_found(string scope, string inputKey, string outputKey, string input, string output, string? storedInput, string? storedOutput) =>
        AssertContent(OtlpMessages.Root(scope, (inputKey, input), (outputKey, output)), storedInput, storedOutput);

    [Fact]
    public void The_first_convention_wins() => AssertContent(
        OtlpMessages.Root("x", ("output", "late"), ("input.value", "early"), ("input", "late")), "early", null);

    [Fact]
    public void Text_and_tool_calls_become_one_message() => AssertContent(
        OtlpMessages.Root("ai", ("ai.response.text", "t\"x"), ("ai.response.toolCalls", "[{\"id\":1}]")),
        null,
        """{"role":"assistant","content":"t\"x","tool_calls":[{"id":1}]}""");

    [Fact]
    public void Empty_agent_requests_fall_back_to_the_tools() => AssertContent(
        OtlpMessages.Root("x", ("gcp.vertex.agent.llm_request", "{}"), ("gcp.vertex.agent.tool_call_args", "a"), ("gcp.vertex.agent.tool_response", "r")),
        "a",
        "r");

    [Fact]
    public void Logfire_events_are_split_by_name() => AssertContent(
        OtlpMessages.Root("x", ("events", """[{"event.name":"gen_ai.user.message","c":1},{"event.name":"gen_ai.choice","c":2}]""")),
        """[{"event.name":"gen_ai.user.message","c":1}]""",
        """[{"event.name":"gen_ai.choice","c":2}]""");

    [Fact]
    public void System_instructions_stand_before_the_messages_unless_there_is_a_system_message()
    {
        AssertContent(
            OtlpMessages.Root("x", ("gen_ai.input.messages", """[{"role":"user"},"s"]"""), ("gen_ai.system_instructions", """[{"type":"text"}]""")),
            """[{"role":"system","content":[{"type":"text"}]},{"role":"user"},"s"]""",
            null);
        AssertContent(
            OtlpMessages.Root("x", ("gen_ai.input.messages", """[{"role":"system"}]"""), ("gen_ai.system_instructions", "be nice")),
            """[{"role":"system"}]""",
            null);
    }

    [Fact]
    public void Message_events_become_messages_and_a_single_choice_stands_alone()
    {
        var span = OtlpMessages.Span(events:
        [
            OtlpMessages.Event("gen_ai.system.message", Pair("content", "be nice")),
            OtlpMessages.Event("gen_ai.user.message", Pair("content", "hello")),
            OtlpMessages.Event("gen_ai.choice", Pair("message", "hi")),
            OtlpMessages.Event("exception", Pair("exception.message", "x")),
        ]);

        AssertContent(
            Records.Convert(OtlpMessages.Record([span])),
            """[{"role":"system","content":"be nice"},{"role":"user","content":"hello"}]""",
            """{"message":"hi"}""");
    }

    [Fact]
    public void A_choice_that_says_nothing_hides_nothing()
    {
        var attributes = new Dictionary<string, object?>(StringComparer.Ordinal) { ["gen_ai.completion.0.content"] = "svar" };
        var span = OtlpMessages.Span(attributes, events: [OtlpMessages.Event("gen_ai.choice", Pair("finish_reason", "stop"))]);

        AssertContent(Records.Convert(OtlpMessages.Record([span])), null, """[{"content":"svar"}]""");
    }

    [Fact]
    public void Content_events_and_operation_details_are_read()
    {
        var content = OtlpMessages.Span(events:
        [
            OtlpMessages.Event("gen_ai.content.prompt", Pair("gen_ai.prompt", "p")),
            OtlpMessages.Event("gen_ai.content.completion", Pair("gen_ai.completion", "c")),
        ]);
        var details = OtlpMessages.Span(events:
            [OtlpMessages.Event("gen_ai.client.inference.operation.details", Pair("gen_ai.output.messages", "[1]"))]);

        AssertContent(Records.Convert(OtlpMessages.Record([content])), "p", "c");
        AssertContent(Records.Convert(OtlpMessages.Record([details])), null, "[1]");
    }

    [Fact]
    public void Dotted_keys_are_rebuilt()
    {
        var sink = OtlpMessages.Root(
            "x",
            ("gen_ai.prompt.1.content", "second"),
            ("gen_ai.prompt.0.role", "user"),
            ("gen_ai.prompt.0.content", "first"),
            ("gen_ai.completion.0.tool_calls.0.name", "f"),
            ("gen_ai.completion.0.n", 1));

        AssertContent(
            sink,
            """[{"role":"user","content":"first"},{"content":"second"}]""",
            """[{"tool_calls":[{"name":"f"}],"n":1}]""");
    }

    [Theory]
    [InlineData("gen_ai.prompt.__proto__.polluted")]
    [InlineData("gen_ai.prompt.0.constructor")]
    [InlineData("gen_ai.prompt.prototype.x")]
    [InlineData("gen_ai.prompt.10001.content")]
    [InlineData("gen_ai.prompt.99999999999999999999.content")]
    public void Keys_outside_the_bounds_stay_flat_attributes(string key)
    {
        var sink = OtlpMessages.Root("x", (key, "v"), ("gen_ai.prompt.0.content", "first"));

        AssertContent(sink, """[{"content":"first"}]""", null);
        Assert.Contains($"\"{key}\":\"v\"", sink.Attributes(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_too_deep_stays_a_flat_attribute()
    {
        var sink = OtlpMessages.Root("x", ("gen_ai.prompt." + string.Join('.', Enumerable.Repeat("a", 65)), "v"));

        AssertContent(sink, null, null);
        Assert.Contains(".a.a", sink.Attributes(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_wide_and_a_shuffled_tree_is_rebuilt_in_order()
    {
        var attributes = Enumerable.Range(0, 500).Reverse().Select(i => ($"gen_ai.prompt.{i}.n", (object?)i)).ToArray();

        var input = OtlpMessages.Root("x", attributes).Observations.Values.Single().Input.Value.ToString();

        Assert.Equal($"[{string.Join(',', Enumerable.Range(0, 500).Select(i => $$"""{"n":{{i}}}"""))}]", input);
    }

    [Fact]
    public void Invalid_utf8_and_nul_are_replaced_and_other_values_become_json()
    {
        var span = OtlpMessages.Span().Message(9, new ProtoMessage().Text(1, "input").Message(2, new ProtoMessage().Bytes(1, [0x61, 0xFF, 0x00, 0x62])));

        AssertContent(Records.Convert(OtlpMessages.Record([span])), "a\uFFFD\uFFFDb", null);
        AssertContent(
            OtlpMessages.Root("x", ("input", new object?[] { 1, 2.5, true, "s\n", null, new byte[] { 1 }, double.NaN }), ("output", 7)),
            """[1,2.5,true,"s\n",null,"AQ==","NaN"]""",
            "7");
    }

    private static void AssertContent(ListSink sink, string? input, string? output)
    {
        var observation = sink.Observations.Values.Single();
        Assert.Equal(input, observation.Input.HasValue ? observation.Input.Value.ToString() : null);
        Assert.Equal(output, observation.Output.HasValue ? observation.Output.Value.ToString() : null);
    }

    private static Dictionary<string, object?> Pair(string key, object? value) => new(StringComparer.Ordinal) { [key] = value };
}
