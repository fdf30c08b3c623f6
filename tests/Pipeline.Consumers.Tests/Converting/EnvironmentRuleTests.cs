using Pipeline.Consumers.Converting;
using Pipeline.Schemas;

namespace Pipeline.Consumers.Tests.Converting;

public sealed class EnvironmentRuleTests
{
    [Theory]
    [InlineData("production", "production")]
    [InlineData("Production-1_a", "production-1_a")]
    [InlineData("langfuse-staging", "staging")]
    [InlineData("langfuselangfuse_LANGFUSE-x", "x")]
    [InlineData("langfuse", "default")]
    [InlineData("", "default")]
    [InlineData("with space", "default")]
    [InlineData("größe", "default")]
    [InlineData("sdk-experiment", "sdk-experiment")]
    [InlineData("a123456789b123456789c123456789d123456789e", "a123456789b123456789c123456789d123456789")]
    public void Names_are_normalised_and_never_refused(string name, string stored) =>
        Assert.Equal(stored, EnvironmentRule.Normalise(Utf8Text.From(name)).ToString());
}
