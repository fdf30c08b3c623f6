using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Pipeline.Testing.Tests.Faults;

/// <summary>Answers every line with itself, and counts the lines it got whole and the connections that ended inside one.</summary>
internal sealed class LineServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;
    private int _lines;
    private int _torn;

    internal LineServer()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    internal int Lines => Volatile.Read(ref _lines);

    internal int TornLines => Volatile.Read(ref _torn);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stopping.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var connection = client;
        var line = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            int read;
            while ((read = await client.GetStream().ReadAsync(buffer, _stopping.Token)) > 0)
            {
                line.Append(Encoding.ASCII.GetString(buffer, 0, read));
                if (line[^1] == '\n')
                {
                    Interlocked.Increment(ref _lines);
                    await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(line.ToString()), _stopping.Token);
                    line.Clear();
                }
            }
        }
        catch (Exception end) when (end is IOException or OperationCanceledException)
        {
            // A reset ends a connection as a close does.
        }

        if (line.Length > 0)
        {
            Interlocked.Increment(ref _torn);
        }
    }
}
