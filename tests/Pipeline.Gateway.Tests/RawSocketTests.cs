using System.Text;
using Pipeline.Gateway.Publishing;
using Pipeline.Testing.Gateway;

namespace Pipeline.Gateway.Tests;

/// <summary>What only a hand-made request can do: broken transfers, oversized heads, slow senders, too many connections.</summary>
public sealed class RawSocketTests
{
    private static readonly string Head =
        $"POST /api/public/ingestion HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: {TestKeys.Basic()}\r\n";

    public static TheoryData<string, string, int> Requests() => new()
    {
        { "Content-Length with Transfer-Encoding", Head + "Content-Length: 12\r\nTransfer-Encoding: chunked\r\n\r\nc\r\n{\"batch\":[]}\r\n0\r\n\r\n", 400 },
        { "two Content-Length", Head + "Content-Length: 12\r\nContent-Length: 13\r\n\r\n{\"batch\":[]}", 400 },
        { "bad chunk", Head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n", 400 },
        { "NUL in a header", Head + "X-A: a\0b\r\nContent-Length: 12\r\n\r\n{\"batch\":[]}", 400 },
        { "no Host", "POST /api/public/ingestion HTTP/1.1\r\nContent-Length: 0\r\n\r\n", 400 },
        { "33 kB of headers", Head + $"X-A: {new string('a', 33_000)}\r\nContent-Length: 12\r\n\r\n{{\"batch\":[]}}", 431 },
        { "9 kB of path", $"GET /{new string('a', 9_000)} HTTP/1.1\r\nHost: x\r\n\r\n", 414 },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_broken_request_is_refused_and_its_connection_closed(string name, string request, int status)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        using var connection = await RawConnection.OpenAsync(gateway.Host.Address);

        await connection.SendAsync(request);
        var (text, isClosed) = await connection.ReadToEndAsync();

        Assert.StartsWith($"HTTP/1.1 {status} ", text, StringComparison.Ordinal);
        Assert.True(isClosed, name);
        Assert.Empty(gateway.Records);
    }

    [Theory]
    [InlineData("authorization, X-Langfuse_Sdk.Name", true)]
    [InlineData("X-\u00c3\u00a9", false)] // é in UTF-8
    [InlineData("a:b", false)]
    [InlineData("", false)]
    public async Task A_preflight_echoes_nothing_but_names(string requested, bool isEchoed)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        using var connection = await RawConnection.OpenAsync(gateway.Host.Address);

        await connection.SendAsync(
            $"OPTIONS /api/public/ingestion HTTP/1.1\r\nHost: x\r\nOrigin: http://a\r\nAccess-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: {requested}\r\nConnection: close\r\n\r\n");
        var (text, _) = await connection.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 204 ", text, StringComparison.Ordinal);
        Assert.Equal(isEchoed, text.Contains($"Access-Control-Allow-Headers: {requested}\r\n", StringComparison.Ordinal));
        Assert.Equal(isEchoed, text.Contains("Access-Control-Allow-Headers", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_declared_length_over_the_cap_is_answered_before_the_body_is_sent()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        using var connection = await RawConnection.OpenAsync(gateway.Host.Address);

        await connection.SendAsync(Head + "Connection: close\r\nContent-Length: 5000000\r\n\r\n");
        var (text, _) = await connection.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 413 ", text, StringComparison.Ordinal);
        Assert.EndsWith("Body exceeded 4.5mb limit", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chunked_body_of_many_pieces_is_read_whole()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        using var connection = await RawConnection.OpenAsync(gateway.Host.Address);
        var body = Encoding.UTF8.GetString(BadInputs.Requests.Batch(BadInputs.Requests.Event("big", $$"""{"id":"t","input":"{{new string('x', 300_000)}}"}""")));
        var chunks = body.Chunk(50_000).Select(chunk => $"{chunk.Length:x}\r\n{new string(chunk)}\r\n");

        await connection.SendAsync(Head + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + string.Concat(chunks) + "0\r\n\r\n");
        var (text, _) = await connection.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 207 ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_stops_coming_is_answered_408()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        using var connection = await RawConnection.OpenAsync(gateway.Host.Address);

        await connection.SendAsync(Head + "Content-Length: 1000\r\n\r\n{\"batch\":");
        var (text, isClosed) = await connection.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 408 ", text, StringComparison.Ordinal);
        Assert.True(isClosed);
    }

    [Fact]
    public async Task Clients_that_leave_in_the_middle_of_a_body_are_no_fault_of_the_gateway()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        var budget = (InFlightBudget)gateway.Host.Services.GetService(typeof(InFlightBudget))!;
        for (var round = 0; round < 20; round++)
        {
            using var connection = await RawConnection.OpenAsync(gateway.Host.Address);
            await connection.SendAsync(Head + "Content-Length: 100000\r\n\r\n{\"batch\":");
            await Eventually.IsTrueAsync(() => Task.FromResult(budget.Used > 0), "the body is being read");
            connection.Reset();
            await Eventually.IsTrueAsync(() => Task.FromResult(budget.Used == 0), "its bytes are given back");
        }

        Assert.DoesNotContain("status=\"500\"", await gateway.Client.GetStringAsync("/metrics"), StringComparison.Ordinal);
        Assert.Empty(gateway.Records);
    }

    [Fact]
    public async Task One_connection_more_than_the_cap_is_closed()
    {
        await using var gateway = await GatewayFixture.StartAsync(options => options.MaxConnections = 3);
        var connections = new List<RawConnection>();
        for (var index = 0; index < 8; index++)
        {
            connections.Add(await RawConnection.OpenAsync(gateway.Host.Address));
        }

        var closed = await Task.WhenAll(connections.Select(connection => connection.ReadToEndAsync(seconds: 2)));

        Assert.True(closed.Count(end => end.IsClosed) >= 5);
        connections.ForEach(connection => connection.Dispose());
    }
}
