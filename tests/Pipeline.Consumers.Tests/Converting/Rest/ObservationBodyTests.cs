using Pipeline.Schemas.Ids;
using Pipeline.Storage.Merging;

namespace Pipeline.Consumers.Tests.Converting.Rest;

public sealed class ObservationBodyTests
{
    private const string Early = "2026-11-21T10:00:00Z";
    private const string Late = "2026-11-21T10:00:01Z";

    [Theory]
    [InlineData("event-create", "EVENT")]
    [InlineData("span-create", "SPAN")]
    [InlineData("span-update", "SPAN")]
    [InlineData("generation-create", "GENERATION")]
    [InlineData("generation-update", "GENERATION")]
    [InlineData("agent-create", "AGENT")]
    [InlineData("tool-create", "TOOL")]
    [InlineData("chain-create", "CHAIN")]
    [InlineData("retriever-create", "RETRIEVER")]
    [InlineData("evaluator-create", "EVALUATOR")]
    [InlineData("embedding-create", "EMBEDDING")]
    [InlineData("guardrail-create", "GUARDRAIL")]
    [InlineData("observation-create", "SPAN")]
    [InlineData("observation-update", "SPAN")]
    public void The_event_type_gives_the_observation_type(string type, string stored) =>
        Assert.Equal(stored, Records.ConvertEvents(Records.Event(type, """{"id":"o","traceId":"t","type":"SPAN"}""")).Observation("o").Type.Value.ToString());

    [Fact]
    public void A_create_and_its_update_merge_in_any_order()
    {
        var create = Records.Event(
            "generation-create",
            """{"id":"o","traceId":"t","name":"a","startTime":"2026-11-21T09:59:59.5Z","model":"m","input":"in","level":"WARNING","parentObservationId":"p"}""",
            Early);
        var update = Records.Event(
            "generation-update",
            """{"id":"o","traceId":"t","name":"b","endTime":"2026-11-21T10:00:01.5Z","output":"out","statusMessage":"s","parentObservationId":null}""",
            Late);

        var forward = Records.ConvertEvents(create, update);
        var backward = Records.Convert(Records.Rest(update), Records.Rest(create), Records.Rest(update));

        var observation = forward.Observation("o");
        Assert.Equal(forward.Describe(), backward.Describe());
        Assert.Equal(("b", "m", "in", "out"), (
            observation.Name.Value.ToString(), observation.Model.Value.ToString(), observation.Input.Value.ToString(), observation.Output.Value.ToString()));
        Assert.Equal(("WARNING", "s", "p"), (
            observation.Level.Value.ToString(), observation.StatusMessage.Value.ToString(), observation.ParentObservationId.Value.ToString()));
        Assert.Equal(Records.Time("2026-11-21T09:59:59.5Z"), observation.StartTime.Value);
        Assert.Equal(Records.Time("2026-11-21T10:00:01.5Z"), observation.EndTime.Value);
    }

    [Fact]
    public void At_the_same_time_the_update_wins()
    {
        var sink = Records.ConvertEvents(
            Records.Event("span-update", """{"id":"o","traceId":"t","name":"a"}""", Early),
            Records.Event("span-create", """{"id":"o","traceId":"t","name":"z"}""", Early));

        Assert.Equal("a", sink.Observation("o").Name.Value.ToString());
    }

    [Fact]
    public void An_update_without_start_never_moves_the_start()
    {
        var sink = Records.ConvertEvents(
            Records.Event("span-update", """{"id":"o","traceId":"t"}""", "2026-11-21T09:00:00Z"),
            Records.Event("span-create", """{"id":"o","traceId":"t","startTime":"2026-11-21T10:00:00Z"}""", Late));

        Assert.Equal(Records.Time("2026-11-21T10:00:00Z"), sink.Observation("o").StartTime.Value);
    }

    [Fact]
    public void Without_start_level_and_environment_their_defaults_stand_in()
    {
        var observation = Records.ConvertEvents(Records.Event("span-create", """{"id":"o","traceId":"t"}""", Early)).Observation("o");

        Assert.Equal(Records.Time(Early), observation.StartTime.Value);
        Assert.Equal(("DEFAULT", "default"), (observation.Level.Value.ToString(), observation.Environment.Value.ToString()));
    }

    [Fact]
    public void Null_clears_name_and_model_and_sets_the_level_back()
    {
        var sink = Records.ConvertEvents(
            Records.Event("generation-create", """{"id":"o","traceId":"t","name":"n","model":"m","level":"ERROR"}""", Early),
            Records.Event("generation-update", """{"id":"o","traceId":"t","name":null,"model":null,"level":null}""", Late));

        var observation = sink.Observation("o");
        Assert.Equal((false, false, "DEFAULT"), (observation.Name.HasValue, observation.Model.HasValue, observation.Level.Value.ToString()));
    }

    [Fact]
    public void An_observation_without_trace_gets_one_from_its_own_id_and_the_trace_exists()
    {
        var sink = Records.ConvertEvents(
            Records.Event("span-create", """{"id":"o","startTime":"2026-11-21T09:00:00Z","environment":"prod"}"""));

        var traceId = DerivedIds.ForTraceOf(Records.Project, "o");
        Assert.Equal(traceId, sink.Observations.Keys.Single().TraceId.ToString());
        Assert.Equal(Records.Time("2026-11-21T09:00:00Z"), sink.Trace(traceId).Timestamp.Value);
        Assert.Equal("prod", sink.Trace(traceId).Environment.Value.ToString());
        Assert.True(sink.Trace(traceId).Name.IsAbsent);
    }

    [Theory]
    [InlineData("""{"promptName":"p","promptVersion":3}""", "p", 3u)]
    [InlineData("""{"promptName":"p","promptVersion":0}""", null, 0u)]
    [InlineData("""{"promptName":"p"}""", null, 0u)]
    public void A_prompt_link_needs_name_and_version(string fields, string? name, uint version)
    {
        var body = $$"""{"id":"o","traceId":"t",{{fields[1..]}}""";

        var prompt = Records.ConvertEvents(Records.Event("generation-create", body)).Observation("o").Prompt;

        Assert.Equal(name is null ? default : new PromptLink(Pipeline.Schemas.Utf8Text.From(name), version), prompt.Value);
        Assert.Equal(name is not null, prompt.HasValue);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    public void Empty_model_parameters_keep_the_old(string parameters)
    {
        var sink = Records.ConvertEvents(
            Records.Event("generation-create", """{"id":"o","traceId":"t","modelParameters":{"temperature":0.2,"stop":["x"]}}""", Early),
            Records.Event("generation-update", $$"""{"id":"o","traceId":"t","modelParameters":{{parameters}}}""", Late));

        Assert.Equal("""{"temperature":0.2,"stop":["x"]}""", sink.Observation("o").ModelParameters.Value.ToString());
    }
}
