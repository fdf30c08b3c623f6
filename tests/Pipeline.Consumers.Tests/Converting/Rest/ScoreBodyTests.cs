using Pipeline.Schemas.Ids;

namespace Pipeline.Consumers.Tests.Converting.Rest;

public sealed class ScoreBodyTests
{
    [Theory]
    [InlineData("\"value\":0.9", "NUMERIC", 0.9, null, null)]
    [InlineData("\"value\":\"good\"", "CATEGORICAL", null, "good", null)]
    [InlineData("\"value\":1,\"dataType\":\"NUMERIC\"", "NUMERIC", 1.0, null, null)]
    [InlineData("\"value\":\"up\",\"dataType\":\"CATEGORICAL\"", "CATEGORICAL", null, "up", null)]
    [InlineData("\"value\":1,\"dataType\":\"BOOLEAN\"", "BOOLEAN", 1.0, "True", null)]
    [InlineData("\"value\":0,\"dataType\":\"BOOLEAN\"", "BOOLEAN", 0.0, "False", null)]
    [InlineData("\"value\":\"long\",\"dataType\":\"TEXT\"", "TEXT", null, "long", null)]
    [InlineData("\"value\":\"better\",\"dataType\":\"CORRECTION\"", "CORRECTION", null, null, "better")]
    public void The_value_goes_where_its_type_says(string fields, string type, double? number, string? text, string? longText)
    {
        var score = Records.ConvertEvents(Records.Event("score-create", $$"""{"id":"s","name":"n","traceId":"t",{{fields}}}""")).Score("s");

        Assert.Equal(type, score.DataType.Value.ToString());
        Assert.Equal(number, score.Value.HasValue ? score.Value.Value : null);
        Assert.Equal(text, score.StringValue.HasValue ? score.StringValue.Value.ToString() : null);
        Assert.Equal(longText, score.LongStringValue.HasValue ? score.LongStringValue.Value.ToString() : null);
    }

    [Fact]
    public void All_fields_are_taken_over()
    {
        var score = Records.ConvertEvents(Records.Event(
            "score-create",
            """
            {"id":"s","name":"q","value":1,"traceId":"t","observationId":"o","comment":"gut","configId":"c","queueId":"qu","executionTraceId":"x",
             "source":"EVAL","environment":"prod","metadata":{"by":"human"}}
            """,
            "2026-11-21T10:00:00.5Z")).Score("s");

        Assert.Equal(Records.Time("2026-11-21T10:00:00.5Z"), score.Timestamp.Value);
        Assert.Equal(("t", "o", "gut", "c"), (
            score.TraceId.Value.ToString(), score.ObservationId.Value.ToString(), score.Comment.Value.ToString(), score.ConfigId.Value.ToString()));
        Assert.Equal(("qu", "x", "EVAL", "prod"), (
            score.QueueId.Value.ToString(), score.ExecutionTraceId.Value.ToString(), score.Source.Value.ToString(), score.Environment.Value.ToString()));
        Assert.Equal("human", score.Metadata.Entries.Single().Value.ToString());
    }

    [Fact]
    public void A_score_that_is_sent_again_with_another_type_keeps_no_value_of_the_first()
    {
        var score = Records.ConvertEvents(
            Records.Event("score-create", """{"id":"s","name":"n","traceId":"t","value":"better","dataType":"CORRECTION"}""", "2026-11-21T10:00:00Z"),
            Records.Event("score-create", """{"id":"s","name":"n","traceId":"t","value":1,"dataType":"NUMERIC"}""", "2026-11-21T10:00:01Z")).Score("s");

        Assert.Equal((1.0, false, false), (score.Value.Value, score.StringValue.HasValue, score.LongStringValue.HasValue));
    }

    [Fact]
    public void A_score_without_id_gets_one_from_its_event_and_its_source_is_the_api()
    {
        var sink = Records.ConvertEvents(Records.Event("score-create", """{"name":"n","value":1,"sessionId":"se"}""", id: "e9"));

        var score = sink.Score(DerivedIds.ForEvent(Records.Project, "e9"));
        Assert.Equal(("API", "se"), (score.Source.Value.ToString(), score.SessionId.Value.ToString()));
        Assert.True(score.TraceId.IsAbsent);
        Assert.Empty(sink.Traces);
    }

    [Fact]
    public void A_renamed_score_stays_one_score_and_its_trace_stays_the_first()
    {
        var sink = Records.ConvertEvents(
            Records.Event("score-create", """{"id":"s","name":"a","value":1,"traceId":"t1"}""", "2026-11-21T10:00:00Z"),
            Records.Event("score-create", """{"id":"s","name":"b","value":"x","traceId":"t2"}""", "2026-11-21T10:00:01Z"));

        Assert.Equal(("b", "t1", "CATEGORICAL", false), (
            sink.Score("s").Name.Value.ToString(), sink.Score("s").TraceId.Value.ToString(), sink.Score("s").DataType.Value.ToString(), sink.Score("s").Value.HasValue));
    }
}
