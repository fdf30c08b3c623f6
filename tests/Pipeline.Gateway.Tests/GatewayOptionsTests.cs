using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Pipeline.Gateway.Tests;

public sealed class GatewayOptionsTests
{
    [Theory]
    [InlineData("Port", "70000")]
    [InlineData("MaxInFlightBytes", "10")]
    [InlineData("AppendTimeout", "00:01:00")]
    [InlineData("KeyTimeToLive", "00:00:45")]
    [InlineData("ListenAddress", "localhost:80")]
    [InlineData("MaxInflightByte", "1")]
    [InlineData("Port", "many")]
    public void A_bad_setting_is_refused_by_its_name(string key, string value)
    {
        var section = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal) { [key] = value })
            .Build();

        var refused = Assert.Throws<OptionsValidationException>(() => GatewayOptions.From(section));

        Assert.Contains(key, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_defaults_are_good()
    {
        Assert.Equal(3000, GatewayOptions.From(new ConfigurationBuilder().Build()).Port);
    }
}
