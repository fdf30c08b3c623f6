using Pipeline.Storage.ClickHouse.Inserting;

namespace Pipeline.Storage.ClickHouse.Tests.Inserting;

public sealed class StoreErrorRuleTests
{
    [Theory]
    [InlineData(252, "too many parts")]
    [InlineData(241, "memory limit exceeded")]
    [InlineData(202, "too many simultaneous queries")]
    [InlineData(159, "timeout exceeded")]
    [InlineData(201, "quota exceeded")]
    public void A_store_that_has_too_much_to_do_is_overloaded(int code, string meaning) => AssertOutcome(InsertOutcome.Overloaded, code, meaning);

    [Theory]
    [InlineData(209, "socket timeout")]
    [InlineData(210, "network error")]
    [InlineData(242, "table is read only")]
    [InlineData(243, "not enough space")]
    [InlineData(285, "too few live replicas")]
    [InlineData(319, "unknown status of insert")]
    [InlineData(999, "Keeper exception")]
    [InlineData(394, "query was cancelled")]
    [InlineData(236, "aborted by shutdown")]
    [InlineData(32, "cut body")]
    public void A_store_that_may_take_the_same_bytes_later_is_unavailable(int code, string meaning) => AssertOutcome(InsertOutcome.Unavailable, code, meaning);

    [Theory]
    [InlineData(16, "no such column in table")]
    [InlineData(60, "unknown table")]
    [InlineData(81, "unknown database")]
    [InlineData(53, "type mismatch")]
    [InlineData(62, "syntax error")]
    [InlineData(117, "incorrect content")]
    [InlineData(497, "access denied")]
    [InlineData(516, "authentication failed")]
    [InlineData(164, "read-only user")]
    public void What_the_same_bytes_meet_again_is_refused(int code, string meaning) => AssertOutcome(InsertOutcome.Refused, code, meaning);

    [Fact]
    public void A_code_nobody_knows_is_tried_again() => AssertOutcome(InsertOutcome.Unavailable, 12_345, "unknown");

    private static void AssertOutcome(InsertOutcome expected, int code, string meaning) =>
        Assert.True(expected == StoreErrorRule.OutcomeOf(code), $"{code} ({meaning}) is {StoreErrorRule.OutcomeOf(code)}, not {expected}");
}
