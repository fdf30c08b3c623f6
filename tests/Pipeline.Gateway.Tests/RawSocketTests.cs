using System.Text;
using Pipeline.Gateway.Publishing;
using Pipeline.Testing.Gateway;

namespace Pipeline.Gateway.Tests;

/// <summary>What only a hand-made request can do, besides what is among the forty bad inputs.</summary>
public sealed class RawSocketTests
{
    private static readonly string Head = BadInputs.BadTransfers.Head;

    public static TheoryData<string, string, int> Requests() => new()
    {
        { "NUL in a header", Head + "X-A: a\0b\r\nContent-Length: 12\r\n\r\n{\"batch\":[]}", 400 },
        { "no Host", "POST /api/public/ingestion HTTP/1.1\r\nContent-Length: 0\r\n\r\n", 400 },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_broken_request_is_refused_and_its_connection_closed(string name, string request, int status)
    {
        await using var gateway = await GatewayFixture.StartAsync();

        await BadInputs.BadTransfers.AssertRefusedAsync(gateway, name, request, status);
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
    public async Task Slow_senders_of_large_bodies_do_not_block_others()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        var budget = (InFlightBudget)gateway.Host.Services.GetService(typeof(InFlightBudget))!;
        var slow = new List<RawConnection>();
        for (var index = 1; index <= 6; index++)
        {
            slow.Add(await RawConnection.OpenAsync(gateway.Host.Address));
            await slow[^1].SendAsync(Head.Replace("ingestion", "otel/v1/traces", StringComparison.Ordinal) + $"Content-Length: {20 * 1024 * 1024}\r\n\r\n{{");
            await Eventually.IsTrueAsync(() => Task.FromResult(budget.Used >= index * 64 * 1024), "the body is being read");
        }

        var reserved = budget.Used;
        using var response = await gateway.Client.SendAsync(BadInputs.Requests.Post(BadInputs.Requests.Ingestion, BadInputs.Requests.GoodBatch));

        Assert.InRange(reserved, 1, 6 * 64 * 1024);
        Assert.Equal(207, (int)response.StatusCode);
        slow.ForEach(connection => connection.Dispose());
    }

    [Fact]
    public async Task A_declared_body_of_many_pieces_is_read_whole()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        using var connection = await RawConnection.OpenAsync(gateway.Host.Address);
        var text = new string('x', 300_000);
        var body = Encoding.UTF8.GetString(BadInputs.Requests.Batch(BadInputs.Requests.Event("big", $$"""{"id":"t","input":"{{text}}"}""")));

        await connection.SendAsync(Head + $"Connection: close\r\nContent-Length: {body.Length}\r\n\r\n");
        foreach (var piece in body.Chunk(50_000))
        {
            await connection.SendAsync(new string(piece));
            await Task.Delay(20);
        }

        var (answer, _) = await connection.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 207 ", answer, StringComparison.Ordinal);
        Assert.Contains(text, Encoding.UTF8.GetString(gateway.Records.Single().Payload.Span), StringComparison.Ordinal);
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
}
