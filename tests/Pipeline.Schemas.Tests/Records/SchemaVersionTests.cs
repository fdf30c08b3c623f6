using Pipeline.Schemas.Records;

namespace Pipeline.Schemas.Tests.Records;

public sealed class SchemaVersionTests
{
    [Fact]
    public void A_newer_minor_version_is_readable() => Assert.True(new SchemaVersion(SchemaVersion.Current.Major, 99).IsReadable);

    [Fact]
    public void A_newer_major_version_is_not() => Assert.False(new SchemaVersion(SchemaVersion.Current.Major + 1, 0).IsReadable);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1.")]
    [InlineData(".1")]
    [InlineData("-1.0")]
    [InlineData("one.two")]
    public void Text_that_is_no_version_is_refused(string? text) => Assert.False(SchemaVersion.TryParse(text, out _));

    [Fact]
    public void A_version_reads_back_as_written()
    {
        Assert.True(SchemaVersion.TryParse(SchemaVersion.Current.ToString(), out var version));
        Assert.Equal(SchemaVersion.Current, version);
    }
}
