using Pipeline.Buffer.Expiry;

namespace Pipeline.Buffer.Tests.Expiry;

public sealed class LossCountdownRuleTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly PartitionPosition Behind = new(0, 0, 10, 5);
    private static readonly RecordLifetime Week = RecordLifetime.Of(TimeSpan.FromDays(7));

    [Theory]
    [InlineData(0, 7 * 24, false)]
    [InlineData(24, 6 * 24, false)]
    [InlineData(150, 18, false)]
    [InlineData(152, 16, true)]
    [InlineData(168, 0, true)]
    [InlineData(500, 0, true)]
    [InlineData(-1, 169, false)]
    public void It_runs_from_the_append_of_the_oldest_unread_record(int hoursOld, int hoursLeft, bool isLow)
    {
        var countdown = LossCountdownRule.Of(Behind, Now.AddHours(-hoursOld), Week, Now);

        Assert.Equal((LossCountdownKind.Running, TimeSpan.FromHours(hoursLeft), isLow), (countdown.Kind, countdown.Left, countdown.IsLow));
    }

    [Fact]
    public void Nothing_unread_has_no_countdown_whatever_the_log_says()
    {
        var done = new PartitionPosition(0, 0, 10, 10);

        Assert.Equal(LossCountdownKind.NothingUnread, LossCountdownRule.Of(done, null, RecordLifetime.Unknown("any"), Now).Kind);
        Assert.Equal(LossCountdownKind.NothingUnread, LossCountdownRule.Of(done, null, Week, Now).Kind);
    }

    [Fact]
    public void A_log_that_keeps_what_is_unread_never_loses_it() =>
        Assert.Equal(LossCountdownKind.Never, LossCountdownRule.Of(Behind, null, RecordLifetime.Unlimited, Now).Kind);

    [Fact]
    public void What_is_not_known_is_said_with_the_reason()
    {
        Assert.Equal("because", LossCountdownRule.Of(Behind, Now, RecordLifetime.Unknown("because"), Now).Reason);
        var unread = LossCountdownRule.Of(Behind, null, Week, Now);
        Assert.Equal((LossCountdownKind.Unknown, false), (unread.Kind, unread.IsLow));
        Assert.NotNull(unread.Reason);
    }

    [Theory]
    [InlineData(0L, 10L, 4L, 4L, 6L, 0L)]
    [InlineData(3L, 10L, 3L, 3L, 7L, 0L)]
    [InlineData(6L, 10L, 4L, 6L, 4L, 2L)]
    [InlineData(10L, 10L, 4L, 10L, 0L, 6L)]
    [InlineData(2L, 10L, null, 2L, 8L, 2L)]
    [InlineData(2L, 10L, 11L, 2L, 8L, 0L)]
    public void A_group_whose_place_is_not_held_reads_on_at_the_oldest_record(long first, long end, long? committed, long next, long lag, long expired)
    {
        var position = new PartitionPosition(0, first, end, committed);

        Assert.Equal((next, lag, expired), (position.NextOffset, position.Lag, position.ExpiredUnread));
    }
}
