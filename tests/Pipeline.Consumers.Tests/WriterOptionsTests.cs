using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Pipeline.Consumers.Tests;

public sealed class WriterOptionsTests
{
    [Theory]
    [InlineData("MaxBatchRows", "0")]
    [InlineData("MaxBatchBytes", "1")]
    [InlineData("Group", "")]
    [InlineData("FlushInterval", "00:10:00")]
    [InlineData("IdleFlushInterval", "00:00:02")]
    [InlineData("RetryMinPause", "00:00:10")]
    [InlineData("HealthPort", "70000")]
    [InlineData("MaxBatchRows", "many")]
    [InlineData("MaxBatchLines", "1")]
    public void A_wrong_value_or_key_is_refused_by_name(string key, string value)
    {
        var section = new ConfigurationBuilder()
            .AddInMemoryCollection([new KeyValuePair<string, string?>(key, value)])
            .Build();

        var refused = Assert.Throws<OptionsValidationException>(() => WriterOptions.From(section));

        Assert.Contains(key, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Defaults_are_valid() => Assert.Equal(50_000, WriterOptions.From(new ConfigurationBuilder().Build()).MaxBatchRows);
}
