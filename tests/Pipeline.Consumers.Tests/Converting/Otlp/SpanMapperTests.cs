using Pipeline.Storage.Merging;
using Pipeline.Storage.States;

namespace Pipeline.Consumers.Tests.Converting.Otlp;

public sealed class SpanMapperTests
{
    [Fact]
    public void Ids_times_and_parent_come_from_the_span()
    {
        var observation = Convert(OtlpMessages.Span(parent: OtlpMessages.ParentId));

        Assert.Equal((OtlpMessages.TraceId, OtlpMessages.SpanId, OtlpMessages.ParentId), (
            observation.Key.TraceId.ToString(), observation.Key.Id.ToString(), observation.ParentObservationId.Value.ToString()));
        Assert.Equal((1_795_255_200_123_456, 1_795_255_202_123_456), (observation.StartTime.Value, observation.EndTime.Value));
        Assert.Equal(FieldVersion.LastWins(SourceRank.Caller, 1_795_255_202_123_456, isUpdate: false), observation.EndTime.Version);
    }

    [Theory]
    [InlineData(OtlpMessages.Start, 0UL, 1_795_255_200_123_456, 1_795_255_200_123_456)]
    [InlineData(0UL, OtlpMessages.Start, 1_795_255_200_123_456, 1_795_255_200_123_456)]
    public void A_missing_edge_is_the_other_one(ulong start, ulong end, long storedStart, long storedEnd)
    {
        var observation = Convert(OtlpMessages.Span(start: start, end: end));

        Assert.Equal((storedStart, storedEnd), (observation.StartTime.Value, observation.EndTime.Value));
    }

    [Fact]
    public void Without_times_the_receipt_stands_in()
    {
        var observation = Convert(OtlpMessages.Span(start: 0, end: 0));

        Assert.Equal((Records.ReceivedAt, Records.ReceivedAt), (observation.StartTime.Value, observation.EndTime.Value));
    }

    [Fact]
    public void A_span_without_times_that_is_sent_again_later_stays_as_it_was()
    {
        var record = OtlpMessages.Record([OtlpMessages.Span(start: 0, end: 0)]);
        var again = record with { ReceivedAtMicros = record.ReceivedAtMicros + 60_000_000 };

        Assert.All(
            new[] { Records.Convert(record, again), Records.Convert(again, record) },
            sink => Assert.Equal((Records.ReceivedAt, Records.ReceivedAt), (sink.Observation(OtlpMessages.SpanId).StartTime.Value, sink.Observation(OtlpMessages.SpanId).EndTime.Value)));
    }

    [Theory]
    [InlineData("gen_ai.tool.name", "f", "f")]
    [InlineData("genkit:name", "g", "g")]
    [InlineData("logfire.msg", "m", "m")]
    [InlineData("ai.toolCall.name", "t", "t")]
    [InlineData("ai.operationId", "ai.generateText", "ai.generateText")]
    [InlineData("other", "x", "span name")]
    public void The_name_has_its_order(string key, string value, string name) =>
        Assert.Equal(name, One(OtlpMessages.Root("x", (key, value))).Name.Value.ToString());

    [Fact]
    public void A_vercel_operation_is_named_after_its_function() => Assert.Equal(
        "my-fn:ai.generateText", One(OtlpMessages.Root("x", ("ai.operationId", "ai.generateText"), ("ai.telemetry.functionId", "my-fn"))).Name.Value.ToString());

    [Theory]
    [InlineData("debug", 0, "DEBUG")]
    [InlineData("Verbose", 0, "DEBUG")]
    [InlineData("success", 2, "DEFAULT")]
    [InlineData("WARN", 0, "WARNING")]
    [InlineData("fatal", 0, "ERROR")]
    [InlineData("nonsense", 2, "ERROR")]
    [InlineData("nonsense", 0, "DEFAULT")]
    [InlineData("nonsense that is long", 1, "DEFAULT")]
    public void The_level_is_translated_else_the_status_decides(string level, int status, string stored)
    {
        var attributes = new Dictionary<string, object?>(StringComparer.Ordinal) { ["langfuse.observation.level"] = level };

        Assert.Equal(stored, Convert(OtlpMessages.Span(attributes, status: status)).Level.Value.ToString());
    }

    [Fact]
    public void The_status_message_is_the_attribute_else_the_status()
    {
        var attributes = new Dictionary<string, object?>(StringComparer.Ordinal) { ["langfuse.observation.status_message"] = "mine" };

        Assert.Equal("mine", Convert(OtlpMessages.Span(attributes, message: "status")).StatusMessage.Value.ToString());
        Assert.Equal("status", Convert(OtlpMessages.Span(message: "status")).StatusMessage.Value.ToString());
    }

    [Theory]
    [InlineData("llm.model_name=b|gen_ai.response.model=a", "a")]
    [InlineData("genkit:name=g|genkit:metadata:subtype=model", "g")]
    [InlineData("genkit:name=g|genkit:metadata:subtype=flow", null)]
    [InlineData("gen_ai.operation.name=invoke_agent|gen_ai.response.model=a", null)]
    [InlineData("embedding.model_name=e", "e")]
    public void The_model_has_its_order(string attributes, string? model)
    {
        var observation = One(OtlpMessages.Root("x", Parse(attributes)));

        Assert.Equal(model, observation.Model.HasValue ? observation.Model.Value.ToString() : null);
    }

    [Theory]
    [InlineData("x", "langfuse.observation.model.parameters={\"a\":1}|gen_ai.request.temperature=0.5", "{\"a\":1}")]
    [InlineData("x", "llm.invocation_parameters={\"b\":1}|model_config={}", "{\"b\":1}")]
    [InlineData("x", "gen_ai.request.model=m|gen_ai.request.top_p=high|llm.invocation_parameters.k=v", "{\"top_p\":\"high\",\"k\":\"v\"}")]
    [InlineData("x", "gen_ai.request.model=m", null)]
    [InlineData("ai", "ai.settings.maxRetries=2|gen_ai.system=openai|langfuse.observation.model.parameters={\"x\":\"y\"}", "{\"system\":\"openai\",\"maxRetries\":\"2\",\"x\":\"y\"}")]
    [InlineData("genkit-tracer", "genkit:input={\"config\":{\"t\":1}}", "{\"t\":1}")]
    public void Model_parameters_follow_the_contract(string scope, string attributes, string? parameters)
    {
        var observation = One(OtlpMessages.Root(scope, Parse(attributes)));

        Assert.Equal(parameters, observation.ModelParameters.HasValue ? observation.ModelParameters.Value.ToString() : null);
    }

    [Theory]
    [InlineData("generation", "langfuse.observation.prompt.name=p|langfuse.observation.prompt.version=3", "p", 3u)]
    [InlineData("generation", "langfuse.prompt.name=p|langfuse.prompt.version=x", null, 0u)]
    [InlineData("generation", "ai.telemetry.metadata.langfusePrompt={\"name\":\"v\",\"version\":2}", "v", 2u)]
    [InlineData("span", "langfuse.observation.prompt.name=p|langfuse.observation.prompt.version=3", null, 0u)]
    public void A_prompt_belongs_to_a_generation(string type, string attributes, string? name, uint version)
    {
        var prompt = One(OtlpMessages.Root("x", [("langfuse.observation.type", type), .. Parse(attributes)])).Prompt;

        Assert.Equal((name, version), (prompt.HasValue ? prompt.Value.Name.ToString() : null, prompt.Value.Version));
    }

    [Theory]
    [InlineData("langfuse.observation.completion_start_time=2026-11-21T10:00:00.5Z", 1_795_255_200_500_000)]
    [InlineData("langfuse.observation.completion_start_time=\"2026-11-21T10:00:00.5Z\"", 1_795_255_200_500_000)]
    [InlineData("ai.response.msToFirstChunk=12.2", 1_795_255_200_136_456)]
    public void The_first_token_has_a_time(string attributes, long micros) =>
        Assert.Equal(micros, One(OtlpMessages.Root("x", Parse(attributes))).CompletionStartTime.Value);

    private static (string Key, object? Value)[] Parse(string attributes) => [.. attributes.Split('|')
        .Select(pair => (pair[..pair.IndexOf('=', StringComparison.Ordinal)], (object?)pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..]))];

    private static ObservationState Convert(ProtoMessage span) => One(Records.Convert(OtlpMessages.Record([span])));

    private static ObservationState One(ListSink sink) => sink.Observations.Values.Single();
}
