using Pipeline.Consumers.Inserting;
using Pipeline.Storage;

namespace Pipeline.Consumers.Tests.Inserting;

public sealed class InsertRetryRuleTests
{
    private static readonly WriterOptions Options = new()
    {
        RetryMinPause = TimeSpan.FromMilliseconds(100),
        RetryMaxPause = TimeSpan.FromSeconds(5),
        OverloadMinPause = TimeSpan.FromSeconds(1),
    };

    [Theory]
    [InlineData(0, 100)]
    [InlineData(1, 200)]
    [InlineData(5, 3_200)]
    [InlineData(6, 5_000)]
    [InlineData(1_000_000, 5_000)]
    public void Pauses_double_up_to_the_longest(int attempt, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), InsertRetryRule.PauseAfter(attempt, InsertOutcome.Unavailable, Options));

    [Fact]
    public void An_overloaded_store_is_given_longer_from_the_start() =>
        Assert.Equal(TimeSpan.FromSeconds(1), InsertRetryRule.PauseAfter(0, InsertOutcome.Overloaded, Options));
}
