using Pipeline.Buffer;
using Pipeline.Cli.Queries;

namespace Pipeline.Cli.Tests.Queries;

public sealed class LedgerLineTests
{
    [Fact]
    public void The_ledger_misses_what_is_reported_and_nowhere_else()
    {
        var counts = new LedgerCounts(Reported: 10, Accepted: 10, Stored: 6, Failed: 1, InFlight: 2);

        Assert.Equal(1, counts.Missing);
        Assert.Equal(0, (counts with { Stored = 7 }).Missing);
    }

    [Fact]
    public void A_gateway_that_died_before_its_report_is_unreported_and_not_a_gap()
    {
        var counts = new LedgerCounts(Reported: 4, Accepted: 10, Stored: 10, Failed: 0, InFlight: 0);

        Assert.Equal((0, 6), (counts.Missing, counts.Unreported));
    }

    [Fact]
    public void What_one_gateway_did_not_report_does_not_stand_in_for_what_another_lost()
    {
        var line = new LedgerLine("p", default,
        [
            new LedgerCounts(Reported: 0, Accepted: 100, Stored: 100, Failed: 0, InFlight: 0),
            new LedgerCounts(Reported: 100, Accepted: 0, Stored: 0, Failed: 0, InFlight: 0),
        ]);

        Assert.Equal((100, 100, 100, 100), (line.Reported, line.Accepted, line.Missing, line.Unreported));
    }

    [Theory]
    [InlineData(0, 10, null, 0L, 0)] // from the first receipt
    [InlineData(0, 10, null, 3L, 0)] // the log still holds what has no receipt
    [InlineData(5, 10, null, 3L, 3)] // the log forgot, the receipts did not
    [InlineData(5, 10, 6L, 3L, 7)] // what is older than the window was counted before
    [InlineData(5, 10, null, null, 5)] // no receipt at all: what the log holds should have some
    [InlineData(12, 10, null, null, 10)] // deleted before it was read
    [InlineData(0, null, null, null, 0)] // nothing committed yet
    public void Receipts_are_counted_from_the_oldest_offset_that_is_known(int first, int? committed, long? lastBefore, long? firstWithin, long expected) =>
        Assert.Equal(expected, PartitionLine.CheckFrom(new PartitionPosition(0, first, 20, committed), lastBefore, firstWithin));

    [Fact]
    public void A_committed_offset_without_a_receipt_is_missing()
    {
        var line = new PartitionLine(0, FirstOffset: 0, CommittedOffset: 10, EndOffset: 12, CheckedFrom: 0, Receipts: 10);

        Assert.Equal((0, 2), (line.Missing, line.InFlight));
        Assert.Equal(1, (line with { Receipts = 9 }).Missing);
        Assert.Equal(0, (line with { CheckedFrom = 4, Receipts = 6 }).Missing);
    }

    [Fact]
    public void What_the_log_deleted_before_it_was_read_is_missing_and_not_in_flight()
    {
        var line = new PartitionLine(0, FirstOffset: 15, CommittedOffset: 10, EndOffset: 20, CheckedFrom: 0, Receipts: 10);

        Assert.Equal((5, 5, 5), (line.Expired, line.Missing, line.InFlight));
    }
}
