using System.Net;
using System.Net.Sockets;

namespace Pipeline.Benchmarks;

/// <summary>Ports that nobody listens on.</summary>
internal static class Ports
{
    internal static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
