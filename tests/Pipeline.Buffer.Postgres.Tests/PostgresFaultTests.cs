using Npgsql;

namespace Pipeline.Buffer.Postgres.Tests;

public sealed class PostgresFaultTests
{
    [Theory]
    [InlineData("08006", true)]
    [InlineData("25006", true)]
    [InlineData("28P01", true)]
    [InlineData("3D000", true)]
    [InlineData("40P01", true)]
    [InlineData("53300", true)]
    [InlineData("55P03", true)]
    [InlineData("57P01", true)]
    [InlineData("58030", true)]
    [InlineData("42P01", true)]
    [InlineData("42703", true)]
    [InlineData("42601", false)]
    [InlineData("23505", false)]
    [InlineData("22021", false)]
    [InlineData("XX000", false)]
    public void What_waiting_can_mend_is_unavailable(string sqlState, bool expected) =>
        Assert.Equal(expected, PostgresFault.IsUnavailable(new PostgresException("scripted", "ERROR", "ERROR", sqlState)));
}
