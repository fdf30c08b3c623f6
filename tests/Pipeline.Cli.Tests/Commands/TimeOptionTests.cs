using System.Globalization;
using Pipeline.Cli.Commands;

namespace Pipeline.Cli.Tests.Commands;

public sealed class TimeOptionTests
{
    [Theory]
    [InlineData("2026-11-21", "2026-11-21T00:00:00Z", false)]
    [InlineData("2026-11-21T10:00", "2026-11-21T10:00:00Z", false)]
    [InlineData("2026-11-21 10:00:30", "2026-11-21T10:00:30Z", false)]
    [InlineData("2026-11-21T10:00:30.25", "2026-11-21T10:00:30.25Z", false)]
    [InlineData("2026-11-21T10:00Z", "2026-11-21T10:00:00Z", true)]
    [InlineData("2026-11-21T10:00+03:00", "2026-11-21T07:00:00Z", true)]
    [InlineData("2026-11-21T10:00:00-05:00", "2026-11-21T15:00:00Z", true)]
    public void A_time_is_utc_unless_it_has_a_zone(string text, string expected, bool hasZone)
    {
        Assert.True(TimeOption.TryParse(text, out var time, out var isZoned));
        Assert.Equal((DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture), hasZone), (time, isZoned));
    }

    [Theory]
    [InlineData("11/12/2026")]
    [InlineData("yesterday")]
    [InlineData("2026-11-21T25:00")]
    [InlineData("")]
    public void What_could_be_read_in_two_ways_is_refused(string text) => Assert.False(TimeOption.TryParse(text, out _, out _));
}
