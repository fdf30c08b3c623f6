using System.Text;
using Pipeline.Schemas.Text;

namespace Pipeline.Schemas.Tests.Text;

public sealed class IsoTimeTests
{
    [Theory]
    [InlineData("2026-11-20T10:00:00Z", 1795168800000000)]
    [InlineData("2026-11-20T10:00:00.123Z", 1795168800123000)]
    [InlineData("2026-11-20T10:00:00.123456789Z", 1795168800123456)]
    [InlineData("2026-11-20T12:00:00+02:00", 1795168800000000)]
    [InlineData("2026-11-20 10:00:00", 1795168800000000)]
    [InlineData("2026-11-20T10:00:60Z", 1795168859999999)]
    [InlineData("1970-01-01T00:00:00Z", 0)]
    [InlineData("1900-01-01T00:00:00Z", UnixMicros.MinSupported)]
    public void Times_that_clients_write_are_read(string text, long expected)
    {
        Assert.True(IsoTime.TryParse(Encoding.UTF8.GetBytes(text), out var micros));
        Assert.Equal(expected, micros);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-13-01T00:00:00Z")]
    [InlineData("2026-02-30T00:00:00Z")]
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("1800-01-01T00:00:00Z")]
    [InlineData("2400-01-01T00:00:00Z")]
    [InlineData("2026-11-20T10:00:61Z")]
    [InlineData("2026-11-20T10:00:00.Z")]
    [InlineData("1795168800000")]
    [InlineData("yesterday")]
    public void Everything_else_is_refused(string text) => Assert.False(IsoTime.TryParse(Encoding.UTF8.GetBytes(text), out _));
}
