using System.Net.Sockets;
using System.Text;

namespace Pipeline.Testing.Tests.Faults;

/// <summary>Sends lines over one connection and says what came back.</summary>
internal sealed class LineClient : IDisposable
{
    private readonly TcpClient _client = new() { NoDelay = true };

    internal static async Task<LineClient> ConnectAsync(int port)
    {
        var client = new LineClient();
        await client._client.ConnectAsync("127.0.0.1", port);
        return client;
    }

    /// <summary>Sends a line and reads as long an answer.</summary>
    /// <returns>The answer, or what there was of it when the connection ended, with how it ended.</returns>
    internal async Task<(string Text, string? End)> AskAsync(string line, TimeSpan? limit = null)
    {
        using var deadline = new CancellationTokenSource(limit ?? TimeSpan.FromSeconds(10));
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            await _client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(line + "\n"), deadline.Token);
            while (answer.Length <= line.Length)
            {
                var read = await _client.GetStream().ReadAsync(buffer, deadline.Token);
                if (read == 0)
                {
                    return (answer.ToString(), "closed");
                }

                answer.Append(Encoding.ASCII.GetString(buffer, 0, read));
            }

            return (answer.ToString().TrimEnd('\n'), null);
        }
        catch (IOException)
        {
            return (answer.ToString(), "reset");
        }
        catch (OperationCanceledException)
        {
            return (answer.ToString(), "silence");
        }
    }

    public void Dispose() => _client.Dispose();
}
