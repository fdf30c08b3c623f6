using System.Net.Sockets;
using System.Text;

namespace Pipeline.Gateway.Tests;

/// <summary>Sends bytes as they are, where an HTTP client would mend or refuse them.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly TcpClient _client;

    private RawConnection(TcpClient client) => _client = client;

    internal static async Task<RawConnection> OpenAsync(Uri address)
    {
        var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        return new RawConnection(client);
    }

    internal async Task SendAsync(string text) => await _client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Sends one byte after the other with a pause before each, until all are sent, the token stops it, or the server has closed.</summary>
    internal async Task SendSlowlyAsync(string text, TimeSpan pause, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var character in text)
            {
                await Task.Delay(pause, cancellationToken);
                await SendAsync(character.ToString());
            }
        }
        catch (Exception end) when (end is OperationCanceledException or IOException)
        {
            // That is how it is meant to end.
        }
    }

    /// <summary>Reads until the server closes, or until the deadline.</summary>
    internal async Task<(string Text, bool IsClosed)> ReadToEndAsync(int seconds = 15)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        var text = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            int read;
            while ((read = await _client.GetStream().ReadAsync(buffer, deadline.Token)) > 0)
            {
                text.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }

            return (text.ToString(), true);
        }
        catch (OperationCanceledException)
        {
            return (text.ToString(), false);
        }
        catch (IOException)
        {
            return (text.ToString(), true);
        }
    }

    /// <summary>Breaks the connection without a goodbye, as a client that is killed does.</summary>
    internal void Reset()
    {
        _client.LingerState = new LingerOption(true, 0);
        _client.Close();
    }

    public void Dispose() => _client.Dispose();
}
