using Pipeline.Storage.EngineHost.Protocol;

namespace Pipeline.Storage.EngineHost.Tests;

public sealed class StatementRuleTests
{
    [Theory]
    [InlineData("SELECT 1; SELECT 2", true)]
    [InlineData("SELECT 1;", false)]
    [InlineData("SELECT 1 ; \n ", false)]
    [InlineData("SELECT ';' AS a", false)]
    [InlineData("SELECT 'it''s; fine'", false)]
    [InlineData("SELECT '\\'; still text'", false)]
    [InlineData("-- a comment; with a semicolon\nSELECT 1", false)]
    [InlineData("SELECT /* ; */ 1", false)]
    [InlineData("SELECT 1 -- ;\n; SELECT 2", true)]
    public void A_second_statement_is_found_and_nothing_else(string query, bool expected) => Assert.Equal(expected, StatementRule.IsMultiStatement(query));

    [Fact]
    public void An_insert_with_a_format_is_split()
    {
        Assert.True(StatementRule.TrySplitInsert("INSERT INTO t (a, `b`) FORMAT Native", out var target, out var format));
        Assert.Equal(("INSERT INTO t (a, `b`)", "Native"), (target, format));
    }

    [Theory]
    [InlineData("SELECT 1 FORMAT Native")]
    [InlineData("INSERT INTO t VALUES (1)")]
    [InlineData("INSERT INTO t SELECT 1")]
    public void Other_statements_are_not(string query) => Assert.False(StatementRule.TrySplitInsert(query, out _, out _));

    [Theory]
    [InlineData("Code: 60. DB::Exception: no table", 60, 404)]
    [InlineData("Code: 62. DB::Exception: Syntax error", 62, 400)]
    [InlineData("Code: 241. DB::Exception: Memory", 241, 500)]
    [InlineData("something else", 1000, 500)]
    public void Codes_become_statuses_as_the_server_maps_them(string message, int code, int status)
    {
        Assert.Equal(code, EngineErrorRule.CodeOf(message));
        Assert.Equal(status, EngineErrorRule.StatusOf(code));
    }
}
