using System.Globalization;
using Pipeline.Storage.Merging;

namespace Pipeline.Consumers.Tests.Converting.Otlp;

public sealed class UsageMapperTests
{
    public static TheoryData<string, string[], string> Cases() => new()
    {
        { "x", ["langfuse.observation.usage_details={\"input\":1,\"output\":2,\"x\":3}", "gen_ai.usage.input_tokens=9"], "input=1 output=2 total=6 x=3" },
        { "x", ["langfuse.observation.usage_details=[1]", "gen_ai.usage.input_tokens=9"], "" },
        { "x", ["langfuse.observation.usage_details=7", "gen_ai.usage.input_tokens=9"], "" },
        { "x", ["langfuse.observation.usage_details=\"7\"", "gen_ai.usage.input_tokens=9"], "" },
        { "x", ["langfuse.observation.usage_details=null", "gen_ai.usage.input_tokens=9"], "" },
        { "x", ["langfuse.observation.usage_details=nonsense", "gen_ai.usage.input_tokens=9"], "input=9 total=9" },
        { "x", ["gen_ai.usage.input_tokens=128", "gen_ai.usage.output_tokens=42"], "input=128 output=42 total=170" },
        {
            "x",
            ["gen_ai.usage.prompt_tokens=128", "gen_ai.usage.cache_read_input_tokens=64", "gen_ai.usage.completion_tokens=42", "gen_ai.usage.details.reasoning=16"],
            "input=64 input_cached_tokens=64 output=42 reasoning=16 total=170"
        },
        {
            "x",
            [
                "llm.token_count.prompt=128", "llm.token_count.completion=42", "llm.token_count.total=170", "llm.token_count.prompt_details.cache_read=64",
                "llm.token_count.completion_details.reasoning=16", "llm.token_count.completion_details.audio=0",
            ],
            "input=64 input_cached_tokens=64 output=26 output_audio_tokens=0 output_reasoning_tokens=16 total=170"
        },
        {
            "x",
            ["gen_ai.usage.input_tokens=170", "gen_ai.usage.cache_write.input_tokens=20", "gen_ai.usage.cache_read.input_tokens=50", "gen_ai.usage.output_tokens=33"],
            "input=100 input_cache_creation=20 input_cached_tokens=50 output=33 total=203"
        },
        { "x", ["gen_ai.usage.input_tokens=5", "gen_ai.usage.cache_read_tokens=9"], "input=0 input_cached_tokens=9 total=9" },
        { "x", ["gen_ai.usage.input_tokens=5", "llm.token_count.prompt=5", "gen_ai.usage.output_tokens=2"], "input=5 output=2 total=7" },
        { "x", ["gen_ai.operation.name=invoke_agent", "gen_ai.usage.input_tokens=5"], "" },
        { "x", ["gen_ai.usage.input_tokens=many"], "" },
        {
            "genkit-tracer",
            ["genkit:output={\"usage\":{\"inputTokens\":10,\"outputTokens\":9,\"thoughtsTokens\":4,\"totalTokens\":19}}"],
            "input=10 output=5 output_reasoning=4 total=19"
        },
        {
            "ai",
            ["gen_ai.usage.input_tokens=128", "gen_ai.usage.output_tokens=42", "ai.usage.cachedInputTokens=64", "ai.usage.reasoningTokens=16"],
            "input=64 input_cached_tokens=64 output=26 output_reasoning_tokens=16 total=170"
        },
        {
            "ai",
            [
                "gen_ai.usage.input_tokens=100", "gen_ai.usage.output_tokens=9",
                "ai.response.providerMetadata={\"anthropic\":{\"usage\":{\"cache_creation_input_tokens\":30,\"cache_read_input_tokens\":20,\"cache_creation\":{\"ephemeral_5m_input_tokens\":10,\"ephemeral_1h_input_tokens\":20}}}}",
            ],
            "input=50 input_cache_creation=0 input_cache_creation_1h=20 input_cache_creation_5m=10 input_cached_tokens=20 output=9 total=109"
        },
        {
            "gcp.vertex.agent",
            ["gen_ai.usage.input_tokens=100", "gcp.vertex.agent.llm_response={\"usage_metadata\":{\"cached_content_token_count\":30}}"],
            "input=70 input_cached_tokens=30 total=100"
        },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_token_is_counted_once(string scope, string[] attributes, string stored)
    {
        var usage = OtlpMessages.Root(scope, [.. attributes.Select(Parse)]).Observations.Values.Single().UsageDetails.Value.Entries.ToArray();

        Assert.Equal(stored, string.Join(' ', usage.Select(entry => $"{entry.Key}={entry.Value}")));
    }

    [Theory]
    [InlineData("langfuse.observation.cost_details={\"input\":0.001,\"output\":0.002}", "input=0.001 output=0.002 total=0.003")]
    [InlineData("gen_ai.usage.cost=0.25", "total=0.25")]
    [InlineData("llm.cost.total=0.5", "total=0.5")]
    [InlineData("llm.cost.total=-1", "")]
    public void Cost_is_what_the_client_computed(string attribute, string stored)
    {
        var cost = OtlpMessages.Root("x", Parse(attribute)).Observations.Values.Single().CostDetails.Value.Entries.ToArray();

        Assert.Equal(stored, string.Join(' ', cost.Select(entry =>
            string.Create(CultureInfo.InvariantCulture, $"{entry.Key}={(decimal)entry.Value / CostMap.UnitsPerDollar}"))));
    }

    private static (string Key, object? Value) Parse(string attribute)
    {
        var end = attribute.IndexOf('=', StringComparison.Ordinal);
        var text = attribute[(end + 1)..];
        return (attribute[..end], long.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number
            : double.TryParse(text, CultureInfo.InvariantCulture, out var fraction) ? fraction : text);
    }
}
