using Pipeline.Storage.ClickHouse.Inserting;

namespace Pipeline.Storage.ClickHouse.Tests;

public sealed class StoreErrorRuleTests
{
    [Theory]
    [InlineData(252, InsertOutcome.Overloaded)]
    [InlineData(241, InsertOutcome.Overloaded)]
    [InlineData(202, InsertOutcome.Overloaded)]
    [InlineData(159, InsertOutcome.Overloaded)]
    [InlineData(60, InsertOutcome.Refused)]
    [InlineData(27, InsertOutcome.Refused)]
    [InlineData(16, InsertOutcome.Refused)]
    [InlineData(516, InsertOutcome.Refused)]
    [InlineData(210, InsertOutcome.Unavailable)]
    [InlineData(242, InsertOutcome.Unavailable)]
    [InlineData(319, InsertOutcome.Unavailable)]
    [InlineData(999, InsertOutcome.Unavailable)]
    [InlineData(123456, InsertOutcome.Unavailable)]
    public void Each_code_has_its_outcome_and_an_unknown_one_is_tried_again(int code, InsertOutcome expected) =>
        Assert.Equal(expected, StoreErrorRule.OutcomeOf(code));
}
