namespace Pipeline.Consumers.Tests.Converting.Otlp;

public sealed class ObservationTypeMapperTests
{
    [Theory]
    [InlineData("langfuse.observation.type", "retriever", "RETRIEVER")]
    [InlineData("langfuse.observation.type", "nonsense", "SPAN")]
    [InlineData("openinference.span.kind", "LLM", "GENERATION")]
    [InlineData("openinference.span.kind", "CHAIN", "CHAIN")]
    [InlineData("openinference.span.kind", "PROMPT", "SPAN")]
    [InlineData("gen_ai.operation.name", "generate_content", "GENERATION")]
    [InlineData("gen_ai.operation.name", "embeddings", "EMBEDDING")]
    [InlineData("gen_ai.operation.name", "create_agent", "AGENT")]
    [InlineData("gen_ai.operation.name", "execute_tool", "TOOL")]
    [InlineData("ai.operationId", "ai.toolCall", "TOOL")]
    [InlineData("ai.operationId", "ai.generateText", "SPAN")]
    [InlineData("gen_ai.tool.name", "f", "TOOL")]
    [InlineData("gen_ai.tool.call.id", "1", "TOOL")]
    [InlineData("gen_ai.request.model", "gpt", "GENERATION")]
    [InlineData("model", "gpt", "GENERATION")]
    [InlineData("anything", "else", "SPAN")]
    public void One_attribute_gives_the_type(string key, string value, string type) => Assert.Equal(type, TypeOf(OtlpMessages.Root("x", (key, value))));

    [Theory]
    [InlineData("ai.operationId", "ai.streamText.doStream", "GENERATION")]
    [InlineData("ai.operationId", "ai.embed.doEmbed", "EMBEDDING")]
    [InlineData("operation.name", "ai.generateObject.doGenerate my-fn", "GENERATION")]
    [InlineData("langfuse.observation.type", "span", "SPAN")]
    [InlineData("openinference.span.kind", "TOOL", "TOOL")]
    public void An_earlier_rule_wins_over_the_model(string key, string value, string type) =>
        Assert.Equal(type, TypeOf(OtlpMessages.Root("x", ("model", "gpt"), (key, value))));

    [Theory]
    [InlineData("3.3.1", "GENERATION")]
    [InlineData("2.60.10", "GENERATION")]
    [InlineData("3.4.0", "SPAN")]
    [InlineData("4.18.0", "SPAN")]
    public void A_span_of_an_old_python_sdk_with_generation_attributes_is_a_generation(string version, string type)
    {
        var attributes = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["langfuse.observation.type"] = "span",
            ["langfuse.observation.model.name"] = "m",
        };
        var resource = new Dictionary<string, object?>(StringComparer.Ordinal) { ["telemetry.sdk.language"] = "python" };

        Assert.Equal(type, TypeOf(Records.Convert(OtlpMessages.Record([OtlpMessages.Span(attributes)], "langfuse-sdk", version, resource))));
    }

    [Theory]
    [InlineData("agent_turn", "AGENT")]
    [InlineData("function_tool", "TOOL")]
    [InlineData("other", "SPAN")]
    public void Livekit_spans_are_known_by_name(string name, string type) =>
        Assert.Equal(type, TypeOf(Records.Convert(OtlpMessages.Record([OtlpMessages.Span(name: name)], "livekit-agents"))));

    private static string TypeOf(ListSink sink) => sink.Observations.Values.Single().Type.Value.ToString();
}
