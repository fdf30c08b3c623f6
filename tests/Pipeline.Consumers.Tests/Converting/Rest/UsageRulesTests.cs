using System.Globalization;
using Pipeline.Storage.Merging;

namespace Pipeline.Consumers.Tests.Converting.Rest;

public sealed class UsageRulesTests
{
    [Theory]
    [InlineData("""{"usage":{"input":3,"output":4}}""", "input=3 output=4 total=7")]
    [InlineData("""{"usage":{"input":100,"unit":"CHARACTERS"}}""", "input=100 total=100")]
    [InlineData("""{"usage":{"promptTokens":10,"completionTokens":5,"totalTokens":15,"inputCost":1}}""", "input=10 output=5 total=15")]
    [InlineData("""{"usage":{"promptTokens":10,"input":99}}""", "input=10 total=10")]
    [InlineData("""{"usage":null,"usageDetails":{}}""", "")]
    [InlineData("""{"usage":{}}""", "")]
    [InlineData("""{"usage":{"input":1,"output":2},"usageDetails":{"input":5,"x":null}}""", "input=5 output=2 total=7")]
    [InlineData("""{"usageDetails":{"input":128,"output":42,"cache_read_input_tokens":64}}""", "cache_read_input_tokens=64 input=128 output=42 total=234")]
    [InlineData(
        """{"usageDetails":{"input":128,"output":42,"total":170,"input_cached_tokens":64,"output_reasoning_tokens":16}}""",
        "input=64 input_cached_tokens=64 output=26 output_reasoning_tokens=16 total=170")]
    [InlineData(
        """{"usageDetails":{"prompt_tokens":128,"completion_tokens":42,"total_tokens":170,"prompt_tokens_details":{"cached_tokens":64},"completion_tokens_details":{"reasoning_tokens":16}}}""",
        "input=64 input_cached_tokens=64 output=26 output_reasoning_tokens=16 total=170")]
    [InlineData(
        """{"usageDetails":{"input_tokens":10,"output_tokens":5,"total_tokens":15,"input_tokens_details":{"cached_tokens":64},"output_tokens_details":null}}""",
        "input=0 input_cached_tokens=64 output=5 total=15")]
    [InlineData("""{"usageDetails":{"prompt_tokens":10,"total_tokens":10}}""", "prompt_tokens=10 total=20 total_tokens=10")]
    public void Usage_follows_the_contract(string fields, string stored)
    {
        var usage = Convert(fields).UsageDetails.Value.Entries.ToArray();

        Assert.Equal(stored, string.Join(' ', usage.Select(entry => $"{entry.Key}={entry.Value}")));
    }

    [Theory]
    [InlineData("""{"usage":{"input":1,"inputCost":0.001,"outputCost":0.002}}""", "input=0.001 output=0.002 total=0.003")]
    [InlineData("""{"usage":{"totalCost":0.5},"costDetails":{"input":0.25}}""", "input=0.25 total=0.5")]
    [InlineData("""{"costDetails":{"input":1e-12,"cached":0.1}}""", "cached=0.1 input=0.000000000001")]
    [InlineData("""{"costDetails":{"input":null}}""", "")]
    public void Cost_follows_the_contract(string fields, string stored)
    {
        var cost = Convert(fields).CostDetails.Value.Entries.ToArray();

        Assert.Equal(stored, string.Join(' ', cost.Select(entry =>
            string.Create(CultureInfo.InvariantCulture, $"{entry.Key}={(decimal)entry.Value / CostMap.UnitsPerDollar}"))));
    }

    [Fact]
    public void A_later_map_replaces_the_earlier_one_whole()
    {
        var sink = Records.ConvertEvents(
            Records.Event("generation-create", """{"id":"o","traceId":"t","usageDetails":{"a":1}}""", "2026-11-21T10:00:00Z"),
            Records.Event("generation-update", """{"id":"o","traceId":"t","usageDetails":{"b":2}}""", "2026-11-21T10:00:01Z"),
            Records.Event("generation-update", """{"id":"o","traceId":"t","usageDetails":{}}""", "2026-11-21T10:00:02Z"));

        Assert.Equal(["b", "total"], sink.Observation("o").UsageDetails.Value.Entries.ToArray().Select(entry => entry.Key.ToString()));
    }

    private static Pipeline.Storage.States.ObservationState Convert(string fields) =>
        Records.ConvertEvents(Records.Event("generation-create", $$"""{"id":"o","traceId":"t",{{fields[1..]}}""")).Observation("o");
}
