using System.Net;
using System.Net.Sockets;

namespace Pipeline.Testing;

/// <summary>Chooses loopback ports.</summary>
public static class FreePorts
{
    /// <summary>The first of so many neighbouring free ports.</summary>
    public static int Next(int count = 1)
    {
        while (true)
        {
            using var first = new TcpListener(IPAddress.Loopback, 0);
            first.Start();
            var port = ((IPEndPoint)first.LocalEndpoint).Port;
            if (port + count <= IPEndPoint.MaxPort && Enumerable.Range(port + 1, count - 1).All(IsFree))
            {
                return port;
            }
        }
    }

    private static bool IsFree(int port)
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
}
