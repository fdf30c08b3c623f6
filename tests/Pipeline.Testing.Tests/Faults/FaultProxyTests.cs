using System.Diagnostics;
using System.Net.Sockets;
using Pipeline.Testing.Faults;
using Pipeline.Testing.Time;

namespace Pipeline.Testing.Tests.Faults;

public sealed class FaultProxyTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(300);

    private readonly LineServer _server = new();
    private readonly FaultProxy _proxy;

    public FaultProxyTests() => _proxy = FaultProxy.Start(_server.Port, seed: 1);

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        Assert.Equal(0, _proxy.OpenConnections);
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Without_a_fault_bytes_pass_and_nothing_fires()
    {
        using var client = await LineClient.ConnectAsync(_proxy.Port);
        var large = new string('x', 100_000);

        Assert.Equal(("hello", null), await client.AskAsync("hello"));
        Assert.Equal((large, null), await client.AskAsync(large));

        Assert.All(Enum.GetValues<FaultKind>(), kind => Assert.Equal(0, _proxy.Fired(kind)));
    }

    [Fact]
    public async Task A_refusing_port_is_closed_and_ends_what_was_open_and_opens_again()
    {
        using var before = await LineClient.ConnectAsync(_proxy.Port);
        await before.AskAsync("hello");

        await _proxy.SetAsync(Fault.Refuse());

        Assert.NotNull((await before.AskAsync("hello")).End);
        await Assert.ThrowsAsync<SocketException>(() => LineClient.ConnectAsync(_proxy.Port));
        Assert.Equal(2, _proxy.Fired(FaultKind.Refuse));
        await _proxy.HealAsync();
        using var after = await LineClient.ConnectAsync(_proxy.Port);
        Assert.Equal(("hello", null), await after.AskAsync("hello"));
    }

    [Fact]
    public async Task A_reset_strikes_new_connections_and_open_ones()
    {
        using var before = await LineClient.ConnectAsync(_proxy.Port);
        await before.AskAsync("hello");

        await _proxy.SetAsync(Fault.Reset());

        Assert.Equal("reset", (await before.AskAsync("hello")).End);
        Assert.NotNull(await EndOfNewAsync());
        Assert.Equal(2, _proxy.Fired(FaultKind.Reset));
        Assert.Equal(1, _server.Lines);
    }

    [Fact]
    public async Task A_hang_is_silent_and_delivers_when_it_is_healed()
    {
        using var client = await LineClient.ConnectAsync(_proxy.Port);
        await _proxy.SetAsync(Fault.Hang());

        var asking = client.AskAsync("hello");
        await Until.TrueAsync("the hang", Patience, () => _proxy.Fired(FaultKind.Hang) == 1);
        await Task.Delay(Moment);
        Assert.False(asking.IsCompleted);
        Assert.Equal(0, _server.Lines);

        await _proxy.HealAsync();
        Assert.Equal(("hello", null), await asking);
    }

    [Fact]
    public async Task A_half_open_connection_takes_bytes_to_nowhere_and_is_reset_when_it_is_healed()
    {
        using var client = await LineClient.ConnectAsync(_proxy.Port);
        await client.AskAsync("hello");
        await _proxy.SetAsync(Fault.HalfOpen());

        Assert.Equal("silence", (await client.AskAsync("lost", Moment)).End);
        Assert.Equal((1L, 1), (_proxy.Fired(FaultKind.HalfOpen), _server.Lines));

        await _proxy.HealAsync();
        Assert.Equal("reset", (await client.AskAsync("hello")).End);
    }

    [Theory]
    [InlineData(Flow.Request)]
    [InlineData(Flow.Reply)]
    public async Task A_delay_comes_once_for_each_exchange(Flow flow)
    {
        using var client = await LineClient.ConnectAsync(_proxy.Port);
        await _proxy.SetAsync(Fault.Delay(flow, Moment));

        var elapsed = Stopwatch.StartNew();
        await client.AskAsync("hello");
        await client.AskAsync("hello");

        Assert.InRange(elapsed.Elapsed, 2 * Moment - TimeSpan.FromMilliseconds(20), 8 * Moment);
        Assert.Equal(2, _proxy.Fired(FaultKind.Delay));
    }

    [Theory]
    [InlineData(Flow.Request)]
    [InlineData(Flow.Reply)]
    public async Task A_throttled_flow_takes_as_long_as_its_bytes_say(Flow flow)
    {
        using var client = await LineClient.ConnectAsync(_proxy.Port);
        await _proxy.SetAsync(Fault.Throttle(flow, bytesPerSecond: 20_000));

        var elapsed = Stopwatch.StartNew();
        Assert.Null((await client.AskAsync(new string('x', 10_000))).End);

        Assert.InRange(elapsed.Elapsed.TotalSeconds, 0.45, 4);
        Assert.Equal(1, _proxy.Fired(FaultKind.Throttle));
    }

    [Theory]
    [InlineData(false, "closed")]
    [InlineData(true, "reset")]
    public async Task A_cut_request_arrives_in_part(bool isReset, string end)
    {
        using var client = await LineClient.ConnectAsync(_proxy.Port);
        await _proxy.SetAsync(Fault.Cut(Flow.Request, afterBytes: 40_000, isReset));

        var answer = await client.AskAsync(new string('x', 80_000));

        Assert.Equal("", answer.Text);
        Assert.Contains(answer.End, new[] { end, "reset" });
        Assert.Equal((1L, 0), (_proxy.Fired(FaultKind.Cut), _server.Lines));
        await Until.TrueAsync("the torn line", Patience, () => _server.TornLines == 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cut_reply_ends_after_so_many_bytes(bool isReset)
    {
        using var client = await LineClient.ConnectAsync(_proxy.Port);
        await _proxy.SetAsync(Fault.Cut(Flow.Reply, afterBytes: 5, isReset));

        Assert.Null((await client.AskAsync("four")).End);
        var answer = await client.AskAsync("more than five");

        Assert.StartsWith(answer.Text, "more ", StringComparison.Ordinal);
        Assert.Equal(isReset ? "reset" : "closed", answer.End);
        Assert.Equal((1L, 2), (_proxy.Fired(FaultKind.Cut), _server.Lines));
    }

    [Fact]
    public async Task A_swallowed_reply_was_answered_and_is_lost()
    {
        using var client = await LineClient.ConnectAsync(_proxy.Port);
        await _proxy.SetAsync(Fault.SwallowReply());

        var (text, end) = await client.AskAsync("hello");

        Assert.Equal(("", "closed"), (text, end));
        Assert.Equal((1L, 1), (_proxy.Fired(FaultKind.SwallowReply), _server.Lines));
    }

    [Fact]
    public async Task A_share_strikes_about_that_many_and_the_same_ones_for_the_same_seed()
    {
        var first = await LostAsync(7);
        var again = await LostAsync(7);
        var other = await LostAsync(8);

        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
        Assert.InRange(first.Count(isLost => isLost), 20, 60);
    }

    [Fact]
    public async Task Connections_end_with_the_proxy_whatever_they_wait_for()
    {
        var proxy = FaultProxy.Start(_server.Port);
        using var client = await LineClient.ConnectAsync(proxy.Port);
        await proxy.SetAsync(Fault.Hang());
        var asking = client.AskAsync("hello");
        await Until.TrueAsync("the hang", Patience, () => proxy.Fired(FaultKind.Hang) == 1);

        await proxy.DisposeAsync().AsTask().WaitAsync(Patience);

        Assert.NotNull((await asking).End);
        Assert.Equal(0, proxy.OpenConnections);
    }

    [Fact]
    public async Task A_server_that_is_not_there_ends_the_connection()
    {
        await using var proxy = FaultProxy.Start(FreePorts.Next());
        using var client = await LineClient.ConnectAsync(proxy.Port);

        Assert.NotNull((await client.AskAsync("hello")).End);
        await Until.TrueAsync("no connection", Patience, () => proxy.OpenConnections == 0);
    }

    // A reset may come before the client's system has said that it is connected, or after.
    private async Task<string?> EndOfNewAsync()
    {
        try
        {
            using var client = await LineClient.ConnectAsync(_proxy.Port);
            return (await client.AskAsync("hello")).End;
        }
        catch (SocketException reset)
        {
            return reset.Message;
        }
    }

    private async Task<List<bool>> LostAsync(int seed)
    {
        await using var proxy = FaultProxy.Start(_server.Port, seed);
        await proxy.SetAsync(Fault.SwallowReply().ForShare(0.2));
        var lost = new List<bool>();
        for (var i = 0; i < 200; i++)
        {
            using var client = await LineClient.ConnectAsync(proxy.Port);
            lost.Add((await client.AskAsync("hello")).End is not null);
        }

        Assert.Equal(lost.Count(isLost => isLost), proxy.Fired(FaultKind.SwallowReply));
        return lost;
    }
}
