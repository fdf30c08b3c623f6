using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Pipeline.Storage.ClickHouse.Inserting;

namespace Pipeline.Storage.ClickHouse.Tests.Http;

/// <summary>A server that says what a test tells it to, byte for byte; one script for every request.</summary>
internal sealed class WireFake : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Func<WireRequest, NetworkStream, CancellationToken, Task> _script;
    private readonly Task _accepting;

    /// <summary>Starts a server whose script reads the body itself, or does not.</summary>
    internal WireFake(Func<WireRequest, NetworkStream, CancellationToken, Task> script)
    {
        _script = script;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    internal ConcurrentQueue<WireRequest> Requests { get; } = [];

    internal ConcurrentQueue<byte[]> Bodies { get; } = [];

    internal ClickHouseOptions Options => new()
    {
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}"),
        InsertTimeout = TimeSpan.FromSeconds(20),
        QueryTimeout = TimeSpan.FromSeconds(20),
    };

    /// <summary>A server that takes the whole body and then gives the same answer to everything.</summary>
    internal static WireFake Answering(int status, string body, params string[] headers)
    {
        WireFake? fake = null;
        fake = new WireFake(async (request, stream, cancellationToken) =>
        {
            fake!.Bodies.Enqueue(await ReadBodyAsync(request, stream, cancellationToken));
            await AnswerAsync(stream, status, body, headers);
        });
        return fake;
    }

    /// <summary>The summary header of a server that wrote so many rows.</summary>
    internal static string Summary(int writtenRows) => $"X-ClickHouse-Summary: {{\"read_rows\":\"0\",\"written_rows\":\"{writtenRows}\"}}";

    internal static async Task<byte[]> ReadBodyAsync(WireRequest request, NetworkStream stream, CancellationToken cancellationToken)
    {
        var body = new byte[request.ContentLength];
        await stream.ReadExactlyAsync(body, cancellationToken);
        return body;
    }

    internal static async Task AnswerAsync(NetworkStream stream, int status, string body, params string[] headers)
    {
        var head = new StringBuilder($"HTTP/1.1 {status} Any\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n");
        foreach (var header in headers)
        {
            head.Append(header).Append("\r\n");
        }

        await stream.WriteAsync(Encoding.UTF8.GetBytes(head.Append("\r\n").Append(body).ToString()));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stopping.Dispose();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stopping.Token)));
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var owned = client;
        await using var stream = client.GetStream();
        try
        {
            while (await ReadHeadAsync(stream) is { } request)
            {
                Requests.Enqueue(request);
                await _script(request, stream, _stopping.Token);
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The client left, or the test is over.
        }
    }

    private async Task<WireRequest?> ReadHeadAsync(NetworkStream stream)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (!IsComplete(head))
        {
            if (await stream.ReadAsync(one, _stopping.Token) == 0)
            {
                return null;
            }

            head.Add(one[0]);
        }

        var lines = Encoding.ASCII.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var start = lines[0].Split(' ');
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        return new WireRequest(start[0], new Uri(Options.Address, start[1]), headers);
    }

    private static bool IsComplete(List<byte> head) => head.Count >= 4 && head[^4] == '\r' && head[^3] == '\n' && head[^2] == '\r' && head[^1] == '\n';
}
