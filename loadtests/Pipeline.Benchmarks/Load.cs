using System.Diagnostics;
using System.Net.Http.Headers;

namespace Pipeline.Benchmarks;

/// <summary>Eight keep-alive connections in a closed loop over prebuilt bodies.</summary>
internal sealed class Load(Uri target, string contentType, IReadOnlyList<byte[]> bodies, string? authorization = null)
{
    private const int Connections = 8;

    /// <summary>Sends for a time.</summary>
    /// <returns>Requests answered with success, and their latencies in milliseconds.</returns>
    internal async Task<(long Requests, List<double> Latencies)> RunAsync(TimeSpan time)
    {
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = Connections };
        using var http = new HttpClient(handler);
        var latencies = new List<double>[Connections];
        using var end = new CancellationTokenSource(time);
        long requests = 0;
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(connection => Task.Run(async () =>
        {
            latencies[connection] = [];
            for (var i = connection; !end.IsCancellationRequested; i += Connections)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, target) { Content = new ByteArrayContent(bodies[i % bodies.Count]) };
                request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
                if (authorization is not null)
                {
                    request.Headers.TryAddWithoutValidation("Authorization", authorization);
                }

                var startedAt = Stopwatch.GetTimestamp();
                using var answer = await http.SendAsync(request);
                answer.EnsureSuccessStatusCode();
                latencies[connection].Add(Stopwatch.GetElapsedTime(startedAt).TotalMilliseconds);
                Interlocked.Increment(ref requests);
            }
        })));
        return (requests, [.. latencies.SelectMany(list => list).Order()]);
    }
}
