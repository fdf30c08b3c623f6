using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Pipeline.Testing.Faults;

/// <summary>A TCP proxy on loopback that does to connections what networks do; the faults are set while it runs.</summary>
/// <remarks>
/// It counts every fault that struck, so that a test can show that its fault happened. Which exchanges a share of them strikes is decided by the seed.
/// Thread-safe.
/// </remarks>
public sealed class FaultProxy : IAsyncDisposable
{
    private const int MaxConnections = 512;

    private readonly IPEndPoint _target;
    private readonly FaultPlan _plan;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<ProxyConnection, Task> _connections = new();
    private readonly SemaphoreSlim _free = new(MaxConnections);
    private readonly SemaphoreSlim _changing = new(1);
    private Socket _listener;
    private Task _accepting;

    private FaultProxy(IPEndPoint target, int seed)
    {
        _target = target;
        _plan = new FaultPlan(seed);
        _listener = Bind(FreePorts.Next());
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _listener.Listen();
        _accepting = AcceptAsync(_listener);
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>Where it listens, for HTTP.</summary>
    public Uri Address => new($"http://127.0.0.1:{Port}");

    /// <summary>Connections that are open now.</summary>
    public int OpenConnections => _connections.Count;

    /// <summary>Starts a proxy in front of a port of this machine.</summary>
    public static FaultProxy Start(int targetPort, int seed = 0) => new(new IPEndPoint(IPAddress.Loopback, targetPort), seed);

    /// <summary>How often a fault struck: connections for those that strike connections, exchanges for the others.</summary>
    /// <remarks>Nobody sees who knocks at a closed port: a refusal counts when the port was found closed, and for each connection that it ended.</remarks>
    public long Fired(FaultKind kind) => _plan.Fired(kind);

    /// <summary>Sets these faults instead of those before.</summary>
    public async Task SetAsync(params Fault[] faults)
    {
        await _changing.WaitAsync(_stopping.Token);
        try
        {
            _plan.Set(faults);
            var refuses = faults.Any(fault => fault.Kind == FaultKind.Refuse);
            if (refuses)
            {
                await CloseAsync();
            }
            else if (_accepting.IsCompleted)
            {
                await ReopenAsync();
            }

            if (refuses || faults.Any(fault => fault.Kind == FaultKind.Reset))
            {
                ResetAll(refuses ? FaultKind.Refuse : FaultKind.Reset);
            }
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Ends every fault.</summary>
    public Task HealAsync() => SetAsync();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections.Values);
        _stopping.Dispose();
        _free.Dispose();
        _changing.Dispose();
    }

    private static Socket Bind(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        return socket;
    }

    private async Task CloseAsync()
    {
        _listener.Dispose();
        await _accepting;

        // Bound but not listening: refused by the kernel, and nobody else's meanwhile.
        _listener = Bind(Port);
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await probe.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Port), _stopping.Token);
            throw new InvalidOperationException($"port {Port} still answers");
        }
        catch (SocketException refusal) when (refusal.SocketErrorCode == SocketError.ConnectionRefused)
        {
            _plan.Count(FaultKind.Refuse);
        }
    }

    private Task ReopenAsync()
    {
        _listener.Listen();
        _accepting = AcceptAsync(_listener);
        return Task.CompletedTask;
    }

    private void ResetAll(FaultKind kind)
    {
        foreach (var connection in _connections.Keys)
        {
            _plan.Count(kind);
            connection.Reset();
        }
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                await _free.WaitAsync(_stopping.Token);
                var client = await listener.AcceptAsync(_stopping.Token);
                client.NoDelay = true;
                Run(client);
            }
        }
        catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The listener was closed: by a refusal or by the end of the proxy.
        }
    }

    private void Run(Socket client)
    {
        var connection = new ProxyConnection(client, _target, _plan, _stopping.Token);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _connections[connection] = done.Task;
        _ = RunAsync(connection, done);
    }

    private async Task RunAsync(ProxyConnection connection, TaskCompletionSource done)
    {
        try
        {
            await connection.RunAsync();
        }
        finally
        {
            _connections.TryRemove(connection, out _);
            connection.Dispose();
            _free.Release();
            done.SetResult();
        }
    }
}
