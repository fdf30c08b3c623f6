using Pipeline.Consumers.Batching;
using Pipeline.Consumers.Pressure;
using Pipeline.Storage;

namespace Pipeline.Consumers.Tests.Pressure;

public sealed class PressureRuleTests
{
    [Theory]
    [InlineData("0 0.5", "Calm Calm")]
    [InlineData("0.51 0.45 0.4 0.39", "Widened Widened Widened Calm")]
    [InlineData("0.45", "Calm")]
    [InlineData("0.91 0.8 0.75 0.74 0.39", "Paced Paced Paced Widened Calm")]
    [InlineData("0.6 0.8 0.9 3", "Widened Widened Widened Paced")]
    [InlineData("0.95 0.1", "Paced Calm")]
    [InlineData("0.95 unknown unknown", "Paced Widened Calm")]
    [InlineData("unknown 0.6 unknown", "Calm Widened Calm")]
    public void A_level_is_entered_above_and_left_below_so_that_it_does_not_flap(string seen, string expected)
    {
        var gauge = new PressureGauge();

        var levels = seen.Split(' ').Select(text =>
        {
            gauge.Looked(text == "unknown" ? StorePressure.Unknown("no") : new StorePressure(double.Parse(text, System.Globalization.CultureInfo.InvariantCulture), 1, 0, 0));
            return gauge.Level.ToString();
        });

        Assert.Equal(expected, string.Join(' ', levels));
    }

    [Fact]
    public void Unknown_pressure_has_no_numbers_to_show()
    {
        var gauge = new PressureGauge();
        Assert.Null(gauge.Seen);
        gauge.Looked(StorePressure.Unknown("no"));

        Assert.Null(gauge.Seen);
    }

    [Fact]
    public void Under_pressure_the_limits_are_those_of_an_overloaded_store_before_it_is_one()
    {
        var options = new WriterOptions();

        Assert.Equal(BatchLimits.Of(options, isOverloaded: false), BatchLimits.Of(options, isOverloaded: false, PressureLevel.Calm));
        Assert.Equal(BatchLimits.Of(options, isOverloaded: true), BatchLimits.Of(options, isOverloaded: false, PressureLevel.Widened));
        Assert.Equal(BatchLimits.Of(options, isOverloaded: true), BatchLimits.Of(options, isOverloaded: false, PressureLevel.Paced));
    }
}
