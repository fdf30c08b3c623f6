using Pipeline.Storage.ClickHouse.Querying;
using Pipeline.Storage.ClickHouse.Tests.Http;

namespace Pipeline.Storage.ClickHouse.Tests.Querying;

public sealed class ClickHouseQueryClientTests
{
    private static readonly Dictionary<string, string> None = [];

    [Fact]
    public async Task Rows_become_objects()
    {
        await using var server = WireFake.Answering(200, "{\"id\":\"a\",\"n\":18446744073709551615}\n{\"id\":\"b\",\"n\":null}\n");
        using var client = new ClickHouseQueryClient(server.Options);

        var rows = await client.QueryAsync("SELECT 1", None, CancellationToken.None);

        Assert.Equal(["a", "b"], rows.Select(row => (string)row["id"]!));
        Assert.Equal(ulong.MaxValue, (ulong)rows[0]["n"]!);
    }

    [Fact]
    public async Task Queries_go_by_get_so_that_a_server_refuses_writes()
    {
        await using var server = WireFake.Answering(200, "");
        using var client = new ClickHouseQueryClient(server.Options);

        await client.QueryAsync("SELECT 1 FROM traces WHERE id = {id:String}", new Dictionary<string, string> { ["id"] = "a\\b\tc'; DROP TABLE x --" }, CancellationToken.None);

        var request = server.Requests.First();
        Assert.Equal("GET", request.Method);
        Assert.Equal("SELECT 1 FROM traces WHERE id = {id:String}", request.Parameters["query"]);
        Assert.Equal("a\\\\b\\tc'; DROP TABLE x --", request.Parameters["param_id"]);
    }

    [Fact]
    public async Task A_refusal_is_an_exception_with_the_code()
    {
        await using var server = WireFake.Answering(404, "Code: 60. DB::Exception: Unknown table.", "X-ClickHouse-Exception-Code: 60");
        using var client = new ClickHouseQueryClient(server.Options);

        var failure = await Assert.ThrowsAsync<ClickHouseException>(() => client.QueryAsync("SELECT 1", None, CancellationToken.None));

        Assert.Equal(60, failure.Code);
    }

    [Theory]
    [InlineData("{\"id\":\"a\"}\nCode: 241. DB::Exception: Memory limit exceeded\n")]
    [InlineData("{\"id\":\"a\"}\n\r\n__exception__\r\nabc\r\nCode: 241. DB::Exception: Memory limit exceeded\r\n40 abc\r\n__exception__\r\n")]
    public async Task An_exception_behind_the_first_rows_is_not_a_short_answer(string body)
    {
        await using var server = WireFake.Answering(200, body);
        using var client = new ClickHouseQueryClient(server.Options);

        var failure = await Assert.ThrowsAsync<ClickHouseException>(() => client.QueryAsync("SELECT 1", None, CancellationToken.None));

        Assert.Equal(241, failure.Code);
    }

    [Fact]
    public async Task A_stored_text_that_looks_like_an_exception_is_a_row_like_any_other()
    {
        await using var server = WireFake.Answering(200, "{\"output\":\"Code: 1. DB::Exception: __exception__\"}\n");
        using var client = new ClickHouseQueryClient(server.Options);

        Assert.Single(await client.QueryAsync("SELECT 1", None, CancellationToken.None));
    }
}
