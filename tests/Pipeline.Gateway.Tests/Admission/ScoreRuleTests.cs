namespace Pipeline.Gateway.Tests.Admission;

/// <summary>Score bodies (contract 1.7).</summary>
public sealed class ScoreRuleTests
{
    [Theory]
    [InlineData(null, "0.5")]
    [InlineData(null, "-1e300")]
    [InlineData(null, "\"good\"")]
    [InlineData("NUMERIC", "7")]
    [InlineData("CATEGORICAL", "\"good\"")]
    [InlineData("CATEGORICAL", "\"\"")]
    [InlineData("BOOLEAN", "0")]
    [InlineData("BOOLEAN", "1.0")]
    [InlineData("TEXT", "\"said\"")]
    [InlineData("CORRECTION", "\"better\"")]
    public void Values_of_their_type_are_accepted(string? type, string value) => Assert.Null(ErrorOf(type, value));

    [Theory]
    [InlineData(null, "null")]
    [InlineData(null, "true")]
    [InlineData(null, "[1]")]
    [InlineData(null, "{\"a\":1}")]
    [InlineData(null, "1e400")]
    [InlineData("NUMERIC", "\"7\"")]
    [InlineData("NUMERIC", "-1e400")]
    [InlineData("CATEGORICAL", "1")]
    [InlineData("BOOLEAN", "2")]
    [InlineData("BOOLEAN", "0.5")]
    [InlineData("BOOLEAN", "true")]
    [InlineData("BOOLEAN", "\"1\"")]
    [InlineData("TEXT", "\"\"")]
    [InlineData("TEXT", "1")]
    [InlineData("CORRECTION", "1")]
    public void Values_of_another_are_not(string? type, string value) => Assert.Contains("\"value\"", ErrorOf(type, value), StringComparison.Ordinal);

    [Theory]
    [InlineData(500, true)]
    [InlineData(501, false)]
    public void A_text_has_500_characters(int length, bool isAccepted) => Assert.Equal(isAccepted, ErrorOf("TEXT", $"\"{new string('\u00e4', length)}\"") is null);

    [Theory]
    [InlineData("\"traceId\":\"t\"", true)]
    [InlineData("\"traceId\":\"t\",\"observationId\":\"o\"", true)]
    [InlineData("\"sessionId\":\"s\"", true)]
    [InlineData("\"sessionId\":\"s\",\"traceId\":\"\"", true)]
    [InlineData("\"datasetRunId\":\"d\",\"traceId\":null", true)]
    [InlineData("\"x\":1", false)]
    [InlineData("\"traceId\":\"\"", false)]
    [InlineData("\"traceId\":\"t\",\"sessionId\":\"s\"", false)]
    [InlineData("\"sessionId\":\"s\",\"datasetRunId\":\"d\"", false)]
    [InlineData("\"sessionId\":\"s\",\"observationId\":\"o\"", false)]
    [InlineData("\"observationId\":\"o\"", false)]
    public void A_score_has_one_target(string fields, bool isAccepted)
    {
        var error = Admit.ErrorOf("score-create", $$"""{"name":"q","value":1,{{fields}}}""");

        Assert.Equal(isAccepted, error is null);
        Assert.True(isAccepted || error!.Contains("Provide exactly one of the following: traceId", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"name\":\"q\",\"id\":null,\"comment\":null,\"configId\":\"c\",\"source\":\"EVAL\",\"metadata\":7,\"queueId\":\"x\",\"environment\":5", null)]
    [InlineData("\"name\":\"q\",\"source\":\"API\",\"dataType\":null", null)]
    [InlineData("\"name\":\"q\",\"source\":\"ANNOTATION\",\"executionTraceId\":null", null)]
    [InlineData("\"name\":\"\"", "name")]
    [InlineData("\"name\":null", "name")]
    [InlineData("\"nam\":\"q\"", "name")]
    [InlineData("\"name\":\"q\",\"id\":\"\"", "id")]
    [InlineData("\"name\":\"q\",\"source\":\"HUMAN\"", "source")]
    [InlineData("\"name\":\"q\",\"dataType\":\"numeric\"", "dataType")]
    [InlineData("\"name\":\"q\",\"comment\":1", "comment")]
    [InlineData("\"name\":\"q\",\"configId\":{}", "configId")]
    [InlineData("\"name\":\"q\",\"traceId\":7", "traceId")]
    public void Score_fields(string fields, string? refused)
    {
        var error = Admit.ErrorOf("score-create", $$"""{"traceId":"t","value":1,{{fields}}}""");

        Assert.Equal(refused is null, error is null);
        Assert.Contains(refused is null ? "" : $"\"{refused}\"", error ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void A_correction_has_no_configuration() =>
        Assert.Contains("configId", Admit.ErrorOf("score-create", """{"traceId":"t","name":"output","value":"x","dataType":"CORRECTION","configId":"c"}"""), StringComparison.Ordinal);

    private static string? ErrorOf(string? type, string value) =>
        Admit.ErrorOf("score-create", $$"""{"traceId":"t","name":"q","dataType":{{(type is null ? "null" : $"\"{type}\"")}},"value":{{value}}}""");
}
