using Pipeline.Gateway.Admission;
using Pipeline.Gateway.Tests.BadInputs;

namespace Pipeline.Gateway.Tests.Admission;

/// <summary>The envelope of one event (contract 1.2 to 1.4).</summary>
public sealed class EventWalkTests
{
    private const string Observation = """{"id":"o","traceId":"t"}""";

    [Theory]
    [InlineData("trace-create", """{"id":"t"}""", false)]
    [InlineData("score-create", """{"name":"q","traceId":"t","value":1}""", false)]
    [InlineData("event-create", Observation, false)]
    [InlineData("span-create", Observation, false)]
    [InlineData("span-update", Observation, true)]
    [InlineData("generation-create", Observation, false)]
    [InlineData("generation-update", Observation, true)]
    [InlineData("agent-create", Observation, false)]
    [InlineData("tool-create", Observation, false)]
    [InlineData("chain-create", Observation, false)]
    [InlineData("retriever-create", Observation, false)]
    [InlineData("evaluator-create", Observation, false)]
    [InlineData("embedding-create", Observation, false)]
    [InlineData("guardrail-create", Observation, false)]
    [InlineData("observation-create", """{"type":"SPAN","traceId":"t"}""", false)]
    [InlineData("observation-update", """{"type":"EVENT","traceId":"t"}""", true)]
    public void Every_type_of_the_contract_is_accepted(string type, string body, bool isUpdate)
    {
        var result = Admit.Body(Requests.Batch(Requests.Event("e", body, type)));

        var admitted = Assert.Single(result.Events);
        Assert.Equal((type, isUpdate, "t"), (admitted.Event.Type.ToString(), admitted.IsUpdate, admitted.TraceKey.ToString()));
    }

    [Fact]
    public void An_sdk_log_is_neither_a_success_nor_an_error()
    {
        var result = Admit.Body(Requests.Batch(Requests.Event("log", """{"log":{"a":[1]},"id":null}""", "sdk-log")));

        Assert.Equal((0, 0, 1), (result.Events.Count, result.Errors.Count, result.SdkLogs));
    }

    [Fact]
    public void A_dataset_run_item_is_for_internal_senders() =>
        Assert.Contains(
            "Dataset run item creation is only allowed for internal usage", Admit.ErrorOf("dataset-run-item-create", "{}"), StringComparison.Ordinal);

    [Theory]
    [InlineData("trace-update")]
    [InlineData("TRACE-CREATE")]
    [InlineData("")]
    public void Another_type_is_no_member_of_the_union(string type)
    {
        var error = Admit.ErrorOf(type, "{}");

        Assert.Contains("invalid_union", error, StringComparison.Ordinal);
        Assert.Contains("No matching discriminator", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"trace-create","timestamp":"2026-11-21T00:00:00Z","body":{}}""", "unknown", "\"id\"")]
    [InlineData("""{"id":null,"type":"trace-create","timestamp":"2026-11-21T00:00:00Z","body":{}}""", "unknown", "\"id\"")]
    [InlineData("""{"id":"","type":"trace-create","timestamp":"2026-11-21T00:00:00Z","body":{}}""", "unknown", "\"id\"")]
    [InlineData("""{"id":["e"],"type":"trace-create","timestamp":"2026-11-21T00:00:00Z","body":{}}""", "unknown", "\"id\"")]
    [InlineData("""{"id":"a\rb","type":"trace-create","timestamp":"2026-11-21T00:00:00Z","body":{}}""", "unknown", "\"id\"")]
    [InlineData("""{"id":"e","timestamp":"2026-11-21T00:00:00Z","body":{}}""", "e", "\"type\"")]
    [InlineData("""{"id":"e","type":7,"timestamp":"2026-11-21T00:00:00Z","body":{}}""", "e", "\"type\"")]
    [InlineData("""{"id":"e","type":"trace-create","body":{}}""", "e", "\"timestamp\"")]
    [InlineData("""{"id":"e","type":"trace-create","timestamp":1795168800,"body":{}}""", "e", "\"timestamp\"")]
    [InlineData("""{"id":"e","type":"trace-create","timestamp":{"a":1},"body":{}}""", "e", "\"timestamp\"")]
    [InlineData("""{"id":"e","type":"trace-create","timestamp":"2026-11-21T00:00:00Z"}""", "e", "\"body\"")]
    [InlineData("""{"id":"e","type":"trace-create","timestamp":"2026-11-21T00:00:00Z","body":null}""", "e", "\"body\"")]
    [InlineData("""{"id":"e","type":"trace-create","timestamp":"2026-11-21T00:00:00Z","body":[{}]}""", "e", "\"body\"")]
    [InlineData("""{"id":"e","id":"f","type":"trace-create","timestamp":"2026-11-21T00:00:00Z","body":{}}""", "f", "twice")]
    [InlineData("""{"id":"e","type":"trace-create","type":"trace-create","timestamp":"2026-11-21T00:00:00Z","body":{}}""", "e", "twice")]
    [InlineData("""{"id":"e","type":"trace-create","timestamp":"2026-11-21T00:00:00Z","body":{},"body":{}}""", "e", "twice")]
    [InlineData("null", "unknown", "Expected object")]
    [InlineData("[[{}]]", "unknown", "Expected object")]
    [InlineData("\"trace-create\"", "unknown", "Expected object")]
    public void A_broken_envelope_is_refused_with_the_field_named(string json, string id, string error)
    {
        var result = Admit.Body(Requests.Batch(Requests.Event("before"), json, Requests.Event("behind")));

        Assert.Equal(["before", "behind"], result.Events.Ids());
        var refused = Assert.Single(result.Errors);
        Assert.Equal((id, 400, "Invalid request data"), (refused.Id.ToString(), refused.Status, refused.Message));
        Assert.Contains(error, refused.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(800, true)]
    [InlineData(801, false)]
    public void Ids_have_800_characters(int length, bool isAccepted)
    {
        var id = string.Concat(Enumerable.Repeat("\u00e4", length));

        Assert.Equal(isAccepted, Admit.Body(Requests.Batch(Requests.Event(id))).Errors.Count == 0);
        Assert.Equal(isAccepted, Admit.ErrorOf("trace-create", $$"""{"id":"{{id}}"}""") is null);
        Assert.Equal(isAccepted, Admit.ErrorOf("span-create", $$"""{"id":"s","traceId":"{{id}}"}""") is null);
        Assert.Equal(isAccepted, Admit.ErrorOf("score-create", $$"""{"name":"q","sessionId":"{{id}}","value":1}""") is null);
    }

    [Theory]
    [InlineData("2026-11-21T00:00:60Z", 1795219259999999)]
    [InlineData("2026-11-21 00:00:00", 1795219200000000)]
    [InlineData("2026-11-21T01:00:00.123456789+01:00", 1795219200123456)]
    public void Times_are_read_as_people_write_them(string timestamp, long micros) =>
        Assert.Equal(micros, Assert.Single(Admit.Body(Requests.Batch(Requests.Event("e", timestamp: timestamp))).Events).Event.TimestampMicros);
}
