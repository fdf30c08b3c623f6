namespace Pipeline.Gateway.Tests.Admission;

/// <summary>The fields of trace and observation bodies (contract 1.5, 1.8).</summary>
public sealed class BodyWalkTests
{
    private static readonly string[] ObservationTypes =
        ["event-create", "span-create", "span-update", "generation-create", "generation-update", "agent-create", "embedding-create"];

    [Theory]
    [InlineData("id", "\"t\"|null|\"../x\"", "\"\"|1|\"a\\nb\"")]
    [InlineData("timestamp", "\"2026-11-21T00:00:00Z\"|null", "\"today\"|1|\"1800-01-01T00:00:00Z\"|\"2400-01-01T00:00:00Z\"|\"2026-13-01T00:00:00Z\"")]
    [InlineData("name", "\"n\"|null|\"\"", "1|{}")]
    [InlineData("externalId", "\"x\"|null", "1")]
    [InlineData("input", "1|\"x\"|null|[1]|{\"a\":NULL}|1e400", "")]
    [InlineData("output", "1|\"x\"|null|[1]|{}", "")]
    [InlineData("sessionId", "\"s\"|null|\"\"", "1|[]")]
    [InlineData("userId", "\"u\"|null", "1")]
    [InlineData("metadata", "{}|[1]|\"x\"|1|null|{\"__proto__\":1,\"\":2}", "")]
    [InlineData("release", "\"r\"|null", "1")]
    [InlineData("version", "\"v\"|null", "1")]
    [InlineData("public", "true|false|null", "\"true\"|1")]
    [InlineData("tags", "[]|[\"a\",\"b\"]|null", "\"a\"|[1]|[null]|{}")]
    [InlineData("environment", "\"default\"|\"LANGFUSE x!\"|null|7|{}", "")]
    [InlineData("projectId", "\"other\"|1", "")]
    public void Trace_fields(string field, string accepted, string refused) => Check("trace-create", field, accepted, refused, "\"id\":\"t\"");

    [Theory]
    [InlineData("id", "\"o\"", "null|\"\"|1")]
    [InlineData("traceId", "\"t\"|null", "\"\"|1")]
    [InlineData("name", "\"n\"|null|\"\"", "1")]
    [InlineData("startTime", "\"2026-11-21T00:00:00.123456789Z\"|null|\"2026-11-21 00:00:00\"", "\"x\"|0|\"2026-02-30T00:00:00Z\"")]
    [InlineData("metadata", "{}|1|null", "")]
    [InlineData("input", "[]|null|\"x\"", "")]
    [InlineData("level", "\"DEBUG\"|\"DEFAULT\"|\"WARNING\"|\"ERROR\"|null", "\"error\"|\"\"|1")]
    [InlineData("statusMessage", "\"m\"|null", "1")]
    [InlineData("parentObservationId", "\"p\"|null|\"\"", "1")]
    [InlineData("version", "\"v\"|null", "1")]
    [InlineData("environment", "\"x\"|1", "")]
    public void Observation_fields(string field, string accepted, string refused) =>
        Assert.All(ObservationTypes, type => Check(type, field, accepted, refused, "\"id\":\"o\",\"traceId\":\"t\""));

    [Theory]
    [InlineData("span-create")]
    [InlineData("generation-update")]
    [InlineData("tool-create")]
    public void Only_an_event_has_no_end(string type)
    {
        Check(type, "endTime", "\"2026-11-21T00:00:00Z\"|null", "\"x\"", "\"id\":\"o\"");
        Check("event-create", "endTime", "\"x\"", "", "\"id\":\"o\"");
    }

    [Theory]
    [InlineData("completionStartTime", "\"2026-11-21T00:00:00Z\"|null", "\"x\"")]
    [InlineData("model", "\"m\"|null", "1")]
    [InlineData("modelParameters", "{\"a\":\"x\",\"b\":1.5,\"c\":true,\"d\":[\"x\"],\"e\":{\"k\":\"v\"},\"f\":null}|null|{}", "1|[]|{\"a\":[1]}|{\"a\":{\"k\":1}}")]
    [InlineData("usage", "{}|null|{\"input\":1}", "1|{\"input\":-1}")]
    [InlineData("usageDetails", "{}|null|{\"x\":1}", "[]|{\"x\":\"1\"}")]
    [InlineData("costDetails", "{}|null|{\"x\":0.5,\"y\":null}|{\"x\":999999}", "1|{\"x\":-1}|{\"x\":\"1\"}|{\"x\":1e400}|{\"x\":999999.5}")]
    public void Generation_fields(string field, string accepted, string refused)
    {
        Check("generation-create", field, accepted, refused, "\"id\":\"o\"");
        Check("chain-create", field, accepted, refused, "\"id\":\"o\"");
    }

    [Theory]
    [InlineData("\"promptName\":\"p\",\"promptVersion\":1", true)]
    [InlineData("\"promptName\":null,\"promptVersion\":null", true)]
    [InlineData("\"promptName\":\"\",\"promptVersion\":0", true)]
    [InlineData("\"promptName\":\"p\",\"promptVersion\":2.0", true)]
    [InlineData("\"promptName\":\"p\"", false)]
    [InlineData("\"promptName\":\"p\",\"promptVersion\":0", false)]
    [InlineData("\"promptVersion\":1", false)]
    [InlineData("\"promptName\":\"p\",\"promptVersion\":1.5", false)]
    [InlineData("\"promptName\":\"p\",\"promptVersion\":\"1\"", false)]
    [InlineData("\"promptName\":\"p\",\"promptVersion\":1e400", false)]
    public void A_prompt_has_name_and_version(string fields, bool isAccepted) =>
        Assert.Equal(isAccepted, Admit.ErrorOf("generation-create", $$"""{"id":"o",{{fields}}}""") is null);

    [Theory]
    [InlineData("id", "\"o\"|null", "\"\"|1")]
    [InlineData("type", "\"GENERATION\"|\"SPAN\"|\"EVENT\"", "null|\"TOOL\"|1")]
    [InlineData("modelParameters", "{\"a\":\"x\",\"b\":1,\"c\":false,\"d\":null}", "{\"a\":[\"x\"]}|{\"a\":{}}")]
    [InlineData("endTime", "\"2026-11-21T00:00:00Z\"", "1")]
    [InlineData("usage", "{\"promptTokens\":1}", "{\"promptTokens\":1.5}")]
    public void Legacy_observation_fields(string field, string accepted, string refused)
    {
        Check("observation-create", field, accepted, refused, "\"type\":\"SPAN\"");
        Check("observation-update", field, accepted, refused, "\"type\":\"SPAN\"");
    }

    [Fact]
    public void A_legacy_observation_says_its_type() => Assert.Contains("type", Admit.ErrorOf("observation-create", """{"id":"o"}"""), StringComparison.Ordinal);

    [Fact]
    public void An_observation_needs_an_id() => Assert.All(ObservationTypes, type => Assert.Contains("\"id\"", Admit.ErrorOf(type, """{"traceId":"t"}"""), StringComparison.Ordinal));

    [Theory]
    [InlineData(1000, true)]
    [InlineData(1001, false)]
    public void A_trace_name_has_1000_characters(int length, bool isAccepted) =>
        Assert.Equal(isAccepted, Admit.ErrorOf("trace-create", $$"""{"name":"{{new string('\u00e4', length)}}"}""") is null);

    [Theory]
    [InlineData(10_000, true)]
    [InlineData(10_001, false)]
    public void Metadata_has_10000_keys(int keys, bool isAccepted)
    {
        var metadata = string.Join(',', Enumerable.Range(0, keys).Select(key => $"\"{key}\":1"));

        Assert.Equal(isAccepted, Admit.ErrorOf("trace-create", "{\"metadata\":{" + metadata + "}}") is null);
    }

    [Fact]
    public void Of_a_repeated_field_every_value_is_checked() =>
        Assert.NotNull(Admit.ErrorOf("trace-create", """{"id":"t","public":1,"public":true}"""));

    // Values are parted by bars; NULL stands for a null inside one.
    private static void Check(string type, string field, string accepted, string refused, string others)
    {
        var rest = others.Contains($"\"{field}\"", StringComparison.Ordinal)
            ? string.Join(',', others.Split(',').Where(other => !other.StartsWith($"\"{field}\"", StringComparison.Ordinal)).Append("\"x\":1"))
            : others;
        foreach (var value in accepted.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.Equal((value, null), (value, Admit.ErrorOf(type, $$"""{{{rest}},"{{field}}":{{value.Replace("NULL", "null", StringComparison.Ordinal)}}}""")));
        }

        foreach (var value in refused.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            var error = Admit.ErrorOf(type, $$"""{{{rest}},"{{field}}":{{value}}}""");
            Assert.True(error is not null, $"{type}.{field} = {value} was accepted");
            Assert.Contains($"\"{field}\"", error, StringComparison.Ordinal);
        }
    }
}
