namespace Pipeline.Gateway.Tests.Admission;

/// <summary>Usage and cost formats (contract 1.6).</summary>
public sealed class UsageWalkTests
{
    [Theory]
    [InlineData("""{"input":1,"output":2,"total":3,"unit":"TOKENS"}""")]
    [InlineData("""{"input":null,"unit":null,"totalCost":null}""")]
    [InlineData("""{"promptTokens":1,"completionTokens":2,"totalTokens":3}""")]
    [InlineData("""{"inputCost":0.1,"outputCost":0,"totalCost":12.5,"unit":"CHARACTERS"}""")]
    [InlineData("""{"input":3.0,"unit":"MILLISECONDS","unheard":{"of":[1]}}""")]
    [InlineData("""{"unit":"SECONDS"}""")]
    [InlineData("""{"unit":"IMAGES"}""")]
    [InlineData("""{"unit":"REQUESTS"}""")]
    public void Old_usage_is_accepted(string usage) => Assert.Null(ErrorOf("usage", usage));

    [Theory]
    [InlineData("""{"input":-1}""")]
    [InlineData("""{"input":1.5}""")]
    [InlineData("""{"input":"1"}""")]
    [InlineData("""{"input":1e400}""")]
    [InlineData("""{"input":100000000000000000000}""")]
    [InlineData("""{"\u0069nput":-1}""")]
    [InlineData("""{"totalCost":-0.1}""")]
    [InlineData("""{"totalCost":1e400}""")]
    [InlineData("""{"totalCost":[1]}""")]
    [InlineData("""{"unit":"tokens"}""")]
    [InlineData("""{"unit":"\ud83d"}""")]
    [InlineData("""{"unit":1}""")]
    public void Other_old_usage_is_refused(string usage) => Assert.Contains("\"usage\"", ErrorOf("usage", usage), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"input":1,"output":0,"anything":7,"none":null}""")]
    [InlineData("""{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}""")]
    [InlineData("""{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"prompt_tokens_details":{"cached_tokens":1,"x":null},"completion_tokens_details":null}""")]
    [InlineData("""{"input_tokens":1,"output_tokens":2,"total_tokens":3,"input_tokens_details":{"cached_tokens":1},"output_tokens_details":{}}""")]
    [InlineData("""{"prompt_tokens":1,"other":2}""")]
    public void Usage_details_have_three_shapes(string usage) => Assert.Null(ErrorOf("usageDetails", usage));

    [Theory]
    [InlineData("""{"input":-1}""")]
    [InlineData("""{"input":0.5}""")]
    [InlineData("""{"input":{"a":1}}""")]
    [InlineData("""{"input":[1]}""")]
    [InlineData("""{"input":true}""")]
    [InlineData("""{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"prompt_tokens_details":{"cached_tokens":1},"extra":1}""")]
    [InlineData("""{"prompt_tokens":1,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":1}}""")]
    [InlineData("""{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"input_tokens_details":{"cached_tokens":1}}""")]
    [InlineData("""{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"prompt_tokens_details":{"cached_tokens":-1}}""")]
    [InlineData("""{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"prompt_tokens_details":{"a":{"b":1}}}""")]
    public void Other_usage_details_are_refused(string usage) => Assert.Contains("\"usageDetails\"", ErrorOf("usageDetails", usage), StringComparison.Ordinal);

    [Theory]
    [InlineData("usageDetails", 250, true)]
    [InlineData("usageDetails", 251, false)]
    [InlineData("costDetails", 250, true)]
    [InlineData("costDetails", 251, false)]
    public void Maps_have_as_many_types_as_the_consumer_takes(string field, int types, bool isAccepted) =>
        Assert.Equal(isAccepted, ErrorOf(field, "{" + string.Join(',', Enumerable.Range(0, types).Select(type => $"\"t{type}\":1")) + "}") is null);

    [Fact]
    public void Nothing_behind_a_refused_value_is_lost()
    {
        var error = Admit.ErrorOf("generation-create", """{"id":"o","usageDetails":{"a":{"b":[{"c":1}]}},"costDetails":{"x":{"y":[1]}},"level":"DEBUG"}""");

        Assert.Contains("usageDetails", error, StringComparison.Ordinal);
    }

    private static string? ErrorOf(string field, string value) => Admit.ErrorOf("generation-create", $$"""{"id":"o","{{field}}":{{value}},"name":"n"}""");
}
