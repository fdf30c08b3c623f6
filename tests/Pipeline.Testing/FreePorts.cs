using System.Net;
using System.Net.Sockets;

namespace Pipeline.Testing;

/// <summary>Chooses loopback ports, none twice in one process.</summary>
/// <remarks>
/// They lie below the range that systems give to outgoing connections: a server that is killed finds its port free when it starts again.
/// </remarks>
public static class FreePorts
{
    private const int First = 20_000;
    private const int Last = 32_000;

    private static readonly Lock Guard = new();

    // Processes that run at the same time look in different places first.
    private static int _next = First + (Environment.ProcessId * 16 % (Last - First));

    /// <summary>The first of so many neighbouring free ports.</summary>
    public static int Next(int count = 1)
    {
        lock (Guard)
        {
            while (true)
            {
                var port = _next + count > Last ? First : _next;
                _next = port + count;
                if (Enumerable.Range(port, count).All(IsFree))
                {
                    return port;
                }
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
