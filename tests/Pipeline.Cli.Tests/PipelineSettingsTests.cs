using Pipeline.Cli.Composition;

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
}
