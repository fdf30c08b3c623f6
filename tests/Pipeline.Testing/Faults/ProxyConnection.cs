using System.Net;
using System.Net.Sockets;

namespace Pipeline.Testing.Faults;

/// <summary>One connection through the proxy: two pumps of 16 KiB each, which end together.</summary>
internal sealed class ProxyConnection(Socket client, IPEndPoint target, FaultPlan plan, CancellationToken stopping) : IDisposable
{
    // Nothing here may outlive the longest of tests.
    private static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(20);

    // A slow flow is passed on in steps of this length.
    private static readonly TimeSpan ThrottleStep = TimeSpan.FromMilliseconds(50);

    private readonly Socket _server = new(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly CancellationTokenSource _life = CancellationTokenSource.CreateLinkedTokenSource(stopping);
    private readonly Lock _lock = new();
    private readonly Lock _ending = new();
    private Exchange? _exchange;
    private volatile bool _isHalfOpen;
    private bool _isEnded;

    /// <summary>Passes bytes until either side, a fault or the proxy ends it.</summary>
    internal async Task RunAsync()
    {
        _life.CancelAfter(LongestLife);
        try
        {
            if (plan.StrikesConnection())
            {
                plan.Count(FaultKind.Reset);
                Reset();
                return;
            }

            await _server.ConnectAsync(target, _life.Token);
            await Task.WhenAll(PumpAsync(Flow.Request), PumpAsync(Flow.Reply));
        }
        catch (Exception end) when (end is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // However a connection ends, both of its sides learn of it by the dispose that follows.
        }
    }

    /// <summary>Ends the connection as a server that dies does.</summary>
    internal void Reset()
    {
        lock (_ending)
        {
            if (_isEnded)
            {
                return;
            }

            _isEnded = true;
            client.LingerState = new LingerOption(true, 0);
            if (!_isHalfOpen)
            {
                _server.LingerState = new LingerOption(true, 0);
            }

            _life.Cancel();
        }
    }

    public void Dispose()
    {
        lock (_ending)
        {
            _isEnded = true;
            client.Dispose();
            _server.Dispose();
            _life.Dispose();
        }
    }

    private async Task PumpAsync(Flow flow)
    {
        var (source, sink) = flow == Flow.Request ? (client, _server) : (_server, client);
        var buffer = new byte[16 * 1024];
        try
        {
            int read;
            while ((read = await source.ReceiveAsync(buffer, _life.Token)) > 0)
            {
                if (_isHalfOpen)
                {
                    continue;
                }

                await PassAsync(flow, ExchangeOf(flow), buffer.AsMemory(0, read), sink);
            }

            if (!_isHalfOpen)
            {
                sink.Shutdown(SocketShutdown.Send);
            }
        }
        catch
        {
            if (!_isHalfOpen)
            {
                await _life.CancelAsync();
                throw;
            }
        }
    }

    // What a client says after an answer began is the next request: neither HTTP clients nor database drivers here send ahead.
    private Exchange ExchangeOf(Flow flow)
    {
        lock (_lock)
        {
            if (_exchange is null || (flow == Flow.Request && _exchange.IsAnswered))
            {
                _exchange = new Exchange(plan);
            }

            _exchange.IsAnswered |= flow == Flow.Reply;
            return _exchange;
        }
    }

    private async Task PassAsync(Flow flow, Exchange exchange, ReadOnlyMemory<byte> bytes, Socket sink)
    {
        if (exchange.Find(FaultKind.Hang) is not null && !exchange.IsHealed)
        {
            exchange.Count(FaultKind.Hang);
            await plan.Changed.WaitAsync(_life.Token);
            exchange.IsHealed = true;
        }

        if (exchange.Find(FaultKind.HalfOpen) is not null)
        {
            exchange.Count(FaultKind.HalfOpen);
            await BeHalfOpenAsync();
            return;
        }

        if (flow == Flow.Reply && exchange.Find(FaultKind.SwallowReply) is { } swallow)
        {
            exchange.Count(FaultKind.SwallowReply);
            await EndAsync(swallow.IsReset);
        }

        if (exchange.IsFirst(flow) && exchange.Find(FaultKind.Delay, flow) is { } delay)
        {
            exchange.Count(FaultKind.Delay);
            await Task.Delay(delay.Time, _life.Token);
        }

        if (exchange.Find(FaultKind.Cut, flow) is { } cut && exchange.Passed(flow) + bytes.Length > cut.Bytes)
        {
            exchange.Count(FaultKind.Cut);
            await SendAsync(sink, bytes[..(int)(cut.Bytes - exchange.Passed(flow))]);
            await EndAsync(cut.IsReset);
        }

        exchange.Pass(flow, bytes.Length);
        if (exchange.Find(FaultKind.Throttle, flow) is { } throttle)
        {
            exchange.Count(FaultKind.Throttle);
            await SendSlowlyAsync(sink, bytes, throttle.BytesPerSecond);
            return;
        }

        await SendAsync(sink, bytes);
    }

    private async Task SendSlowlyAsync(Socket sink, ReadOnlyMemory<byte> bytes, int bytesPerSecond)
    {
        var step = Math.Max(1, (int)(bytesPerSecond * ThrottleStep.TotalSeconds));
        while (bytes.Length > 0)
        {
            var part = bytes[..Math.Min(step, bytes.Length)];
            await Task.Delay(TimeSpan.FromSeconds((double)part.Length / bytesPerSecond), _life.Token);
            await SendAsync(sink, part);
            bytes = bytes[part.Length..];
        }
    }

    private async Task SendAsync(Socket sink, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await sink.SendAsync(bytes, SocketFlags.None, _life.Token)..];
        }
    }

    private async Task BeHalfOpenAsync()
    {
        _isHalfOpen = true;
        _server.Dispose();

        // A machine that came back knows nothing of the connection.
        await plan.Changed.WaitAsync(_life.Token);
        Reset();
    }

    private async Task EndAsync(bool isReset)
    {
        if (isReset)
        {
            Reset();
        }

        await _life.CancelAsync();
        _life.Token.ThrowIfCancellationRequested();
    }
}
