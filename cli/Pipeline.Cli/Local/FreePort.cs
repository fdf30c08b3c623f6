using System.Net;
using System.Net.Sockets;

namespace Pipeline.Cli.Local;

/// <summary>Chooses loopback ports.</summary>
internal static class FreePort
{
    /// <summary>The preferred port when it is free, so that addresses stay the same across restarts; otherwise any free one.</summary>
    internal static int Near(int preferred) => IsFree(preferred) ? preferred : Any();

    internal static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int Any()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
