using Pipeline.Gateway.Tests.BadInputs;
using Pipeline.Schemas.Ids;

namespace Pipeline.Gateway.Tests.Admission;

/// <summary>What an event is partitioned on; the consumer derives the same ids.</summary>
public sealed class TraceKeyTests
{
    [Theory]
    [InlineData("trace-create", """{"id":"t"}""", "t")]
    [InlineData("span-create", """{"id":"s","traceId":"t"}""", "t")]
    [InlineData("observation-update", """{"type":"SPAN","traceId":"t"}""", "t")]
    [InlineData("score-create", """{"name":"q","value":1,"traceId":"t"}""", "t")]
    [InlineData("score-create", """{"name":"q","value":1,"sessionId":"s"}""", "s")]
    [InlineData("score-create", """{"name":"q","value":1,"datasetRunId":"d"}""", "d")]
    public void A_trace_that_is_named_is_the_key(string type, string body, string key) => Assert.Equal(key, KeyOf(type, body));

    [Fact]
    public void A_trace_without_id_has_one_of_its_event() =>
        Assert.Equal(DerivedIds.ForEvent(Admit.Project, "event-1"), KeyOf("trace-create", "{}"));

    [Fact]
    public void Create_and_update_of_an_observation_without_trace_share_one()
    {
        var expected = DerivedIds.ForTraceOf(Admit.Project, "o");

        Assert.Equal(expected, KeyOf("generation-create", """{"id":"o"}"""));
        Assert.Equal(expected, KeyOf("generation-update", """{"id":"o","traceId":null}"""));
    }

    [Fact]
    public void A_legacy_observation_without_ids_derives_both() =>
        Assert.Equal(
            DerivedIds.ForTraceOf(Admit.Project, DerivedIds.ForEvent(Admit.Project, "event-1")), KeyOf("observation-create", """{"type":"EVENT"}"""));

    [Fact]
    public void Of_a_repeated_trace_the_last_is_the_key() => Assert.Equal("b", KeyOf("span-create", """{"id":"s","traceId":"a","traceId":"b"}"""));

    private static string KeyOf(string type, string body) =>
        Assert.Single(Admit.Body(Requests.Batch(Requests.Event("event-1", body, type))).Events).TraceKey.ToString();
}
