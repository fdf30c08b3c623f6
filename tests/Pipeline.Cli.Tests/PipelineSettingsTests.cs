using Pipeline.Cli.Composition;
using Pipeline.Cli.Queries;

namespace Pipeline.Cli.Tests;

public sealed class PipelineSettingsTests
{
    [Theory]
    [InlineData("TIER=sqs", "TIER is 'sqs'")]
    [InlineData("PIPELINE_PARTITIONS=0", "PIPELINE_PARTITIONS is '0'")]
    [InlineData("CLICKHOUSE_URL=nowhere", "CLICKHOUSE_URL is 'nowhere'")]
    public void A_bad_value_is_refused_by_name(string assignment, string expected)
    {
        var settings = PipelineSettings.Load([assignment]);

        var refused = Assert.Throws<CliException>(() => { _ = (settings.Tier, settings.Partitions, settings.ClickHouseUrl); });

        Assert.StartsWith(expected, refused.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, refused.ExitCode);
    }

    [Fact]
    public void An_assignment_without_a_value_is_refused() => Assert.Throws<CliException>(() => { _ = PipelineSettings.Load(["Gateway:Port"]); });

    [Fact]
    public void An_assignment_reaches_its_section() =>
        Assert.Equal("4000", PipelineSettings.Load(["Gateway:Port=4000"]).Section("Gateway")["Port"]);

    [Fact]
    public void The_ledger_misses_what_is_reported_and_nowhere_else()
    {
        var line = new LedgerLine("p", default, Reported: 10, Accepted: 10, Stored: 6, Failed: 1, InFlight: 2);

        Assert.Equal(1, line.Missing);
        Assert.Equal(0, (line with { Stored = 7 }).Missing);
    }

    [Fact]
    public void A_gateway_that_died_before_its_report_is_unreported_and_not_a_gap()
    {
        var line = new LedgerLine("p", default, Reported: 4, Accepted: 10, Stored: 10, Failed: 0, InFlight: 0);

        Assert.Equal((0, 6), (line.Missing, line.Unreported));
    }

    [Fact]
    public void A_committed_offset_without_a_receipt_is_missing()
    {
        Assert.Equal(1, new PartitionLine(0, CommittedOffset: 10, EndOffset: 12, FirstReceipt: 0, Receipts: 9).Missing);
        Assert.Equal(0, new PartitionLine(0, CommittedOffset: 10, EndOffset: 10, FirstReceipt: 4, Receipts: 6).Missing);
    }
}
