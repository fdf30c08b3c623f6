using System.Net;
using System.Net.Sockets;

namespace Pipeline.Benchmarks;

/// <summary>Holds a port and closes every connection to it: a server that is down, and stays so.</summary>
internal sealed class PortBlocker : IDisposable
{
    private readonly TcpListener _listener;

    private PortBlocker(TcpListener listener)
    {
        _listener = listener;
        _ = RefuseAsync();
    }

    internal int Refused { get; private set; }

    internal static PortBlocker? TryTake(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return new PortBlocker(listener);
        }
        catch (SocketException)
        {
            listener.Dispose();
            return null;
        }
    }

    public void Dispose() => _listener.Dispose();

    private async Task RefuseAsync()
    {
        try
        {
            while (true)
            {
                (await _listener.AcceptTcpClientAsync()).Dispose();
                Refused++;
            }
        }
        catch (Exception stopped) when (stopped is ObjectDisposedException or SocketException)
        {
            // The store may come back.
        }
    }
}
