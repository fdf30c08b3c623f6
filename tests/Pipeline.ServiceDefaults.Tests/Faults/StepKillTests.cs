using Pipeline.ServiceDefaults.Faults;

namespace Pipeline.ServiceDefaults.Tests.Faults;

public sealed class StepKillTests
{
    // That it does strike is seen by the tests that start processes; one that struck here would end the test run.
    [Fact]
    public void Only_the_named_step_at_the_named_pass_strikes()
    {
        var off = StepKill.From(null, null);
        var elsewhere = StepKill.From("after-insert", "2");

        off.Pass("after-insert");
        elsewhere.Pass("before-insert");
        elsewhere.Pass("after-insert");
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1.5")]
    public void A_pass_that_is_no_positive_number_is_refused_by_name(string pass)
    {
        var refused = Assert.Throws<InvalidOperationException>(() => StepKill.From("after-insert", pass));

        Assert.Equal($"PIPELINE_KILL_AFTER is '{pass}'; it must be a number from 1", refused.Message);
    }
}
