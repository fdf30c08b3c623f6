using Pipeline.Testing.Gateway;

namespace Pipeline.Gateway.Tests.BadInputs;

/// <summary>The cases of the forty that only a hand-made request can be: broken, oversized, slow, or too many.</summary>
internal static class BadTransfers
{
    /// <summary>The head of a request, but for its end.</summary>
    internal static readonly string Head =
        $"POST {Requests.Ingestion} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: {TestKeys.Basic()}\r\n";

    internal static IReadOnlyList<FortyInput> All { get; } =
    [
        Raw(37, "Content-Length with Transfer-Encoding", Head + "Content-Length: 12\r\nTransfer-Encoding: chunked\r\n\r\nc\r\n{\"batch\":[]}\r\n0\r\n\r\n", 400),
        Raw(37, "two Content-Length", Head + "Content-Length: 12\r\nContent-Length: 13\r\n\r\n{\"batch\":[]}", 400),
        Raw(37, "bad chunk", Head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n", 400),
        Raw(38, "33 kB of headers", Head + $"X-A: {new string('a', 33_000)}\r\nContent-Length: 12\r\n\r\n{{\"batch\":[]}}", 431),
        Raw(38, "9 kB of path", $"GET /{new string('a', 9_000)} HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        Raw(38, "a body that stops coming", Head + "Content-Length: 1000\r\n\r\n{\"batch\":", 408),
        Slow("a byte a second of body", Head + "Content-Length: 1000\r\n\r\n", "{\"batch\":[" + new string(' ', 100)),
        Slow("a byte a second of headers", Head, "X-Slow: " + new string('a', 100)),
        new(38, "more connections than the cap", _ => TooManyConnectionsAsync()),
    ];

    /// <summary>Sends bytes and expects an answer with the status, no record, and the connection closed.</summary>
    internal static async Task AssertRefusedAsync(GatewayFixture gateway, string name, string request, int status)
    {
        var before = gateway.Records.Count();
        using var connection = await RawConnection.OpenAsync(gateway.Host.Address);

        await connection.SendAsync(request);
        var (text, isClosed) = await connection.ReadToEndAsync();

        Assert.StartsWith($"HTTP/1.1 {status} ", text, StringComparison.Ordinal);
        Assert.True(isClosed, name);
        Assert.Equal(before, gateway.Records.Count());
    }

    private static FortyInput Raw(int number, string name, string request, int status) =>
        new(number, name, gateway => AssertRefusedAsync(gateway, name, request, status));

    private static FortyInput Slow(string name, string begin, string rest) => new(38, name, async gateway =>
    {
        using var connection = await RawConnection.OpenAsync(gateway.Host.Address);
        await connection.SendAsync(begin);
        using var stop = new CancellationTokenSource();
        var sending = connection.SendSlowlyAsync(rest, TimeSpan.FromSeconds(1), stop.Token);

        var (text, isClosed) = await connection.ReadToEndAsync(seconds: 30);
        await stop.CancelAsync();
        await sending;

        Assert.StartsWith("HTTP/1.1 408 ", text, StringComparison.Ordinal);
        Assert.True(isClosed);
    });

    private static async Task TooManyConnectionsAsync()
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
