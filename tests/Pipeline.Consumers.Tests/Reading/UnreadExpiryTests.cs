using Microsoft.Extensions.Logging;
using Pipeline.Buffer;
using Pipeline.Buffer.Expiry;
using Pipeline.Consumers.Reading;
using Pipeline.Testing.Logging;

namespace Pipeline.Consumers.Tests.Reading;

public sealed class UnreadExpiryTests
{
    private static readonly LossCountdown None = new(LossCountdownKind.NothingUnread, null, null, null);

    private readonly RecordingLogger<UnreadExpiry> _logger = new();
    private readonly UnreadExpiry _expiry;

    public UnreadExpiryTests() => _expiry = new UnreadExpiry(new WriterOptions(), _logger);

    [Fact]
    public void A_loss_that_positions_and_reader_both_see_counts_once_and_a_further_one_is_added()
    {
        _expiry.Looked([At(first: 10, committed: 4)]);
        _expiry.Jumped("a", new OffsetJump(0, 4, 10, 50));
        _expiry.Looked([At(first: 10, committed: 4)]);
        Assert.Equal([(0, 6L)], _expiry.Expired);

        _expiry.Jumped("a", new OffsetJump(0, 20, 23, 50));

        Assert.Equal([(0, 9L)], _expiry.Expired);
        Assert.Equal(2, _logger.Lines.Count(entry => entry.Level == LogLevel.Error));
    }

    [Fact]
    public void A_partition_that_lost_nothing_shows_zero_so_that_a_first_loss_is_an_increase()
    {
        _expiry.Looked([At(first: 10, committed: 20)]);

        Assert.Equal([(0, 0L)], _expiry.Expired);
        Assert.Empty(_expiry.Countdowns);
    }

    [Fact]
    public void A_countdown_below_a_tenth_of_the_retention_is_said_once_until_it_is_above_again()
    {
        foreach (var hours in new[] { 20, 9, 8, 30, 5 })
        {
            _expiry.Looked([At(0, 1) with { Countdown = new LossCountdown(LossCountdownKind.Running, TimeSpan.FromHours(hours), TimeSpan.FromHours(100), null) }]);
            Assert.Equal([(0, TimeSpan.FromHours(hours))], _expiry.Countdowns);
        }

        Assert.Equal([LogLevel.Warning, LogLevel.Information, LogLevel.Warning], _logger.Lines.Select(entry => entry.Level));
    }

    [Fact]
    public void A_log_made_anew_is_a_warning_and_no_loss()
    {
        _expiry.Jumped("a", new OffsetJump(0, 1000, 0, 5));

        Assert.Empty(_expiry.Expired);
        Assert.Equal(LogLevel.Warning, Assert.Single(_logger.Lines).Level);
    }

    private static PartitionBacklog At(long first, long committed) => new(new PartitionPosition(0, first, 50, committed), null, null, None);
}
