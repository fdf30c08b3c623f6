using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Pipeline.Consumers.Archiving;

namespace Pipeline.Consumers.Tests.Archiving;

public sealed class ArchiveOptionsTests
{
    [Theory]
    [InlineData("MaxRecords", "0")]
    [InlineData("MaxBytes", "1")]
    [InlineData("Group", "")]
    [InlineData("FlushInterval", "00:00:00")]
    [InlineData("StuckAfter", "00:01:00")]
    [InlineData("RetryMinPause", "00:00:40")]
    [InlineData("MaxLines", "1")]
    public void A_wrong_value_or_key_is_refused_by_name(string key, string value)
    {
        var section = new ConfigurationBuilder().AddInMemoryCollection([new KeyValuePair<string, string?>(key, value)]).Build();

        var refused = Assert.Throws<OptionsValidationException>(() => ArchiveOptions.From(section));

        Assert.Contains(key, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Defaults_are_valid_also_for_the_loop() => ArchiveOptions.From(new ConfigurationBuilder().Build()).ToLoop().ThrowIfInvalid();
}
