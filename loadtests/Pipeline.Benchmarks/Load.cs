using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;

namespace Pipeline.Benchmarks;

/// <summary>Eight keep-alive connections that send as fast as they are answered, or at a pace.</summary>
/// <param name="target">Where to.</param>
/// <param name="contentType">Of the bodies.</param>
/// <param name="body">The body of a request, by its number.</param>
/// <param name="authorization">Header value.</param>
internal sealed class Load(Uri target, string contentType, Func<int, byte[]> body, string? authorization = null)
{
    private const int Connections = 8;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private int _next;

    /// <summary>Sends for a time; a request that was begun is repeated until it is acknowledged, as SDKs do.</summary>
    /// <param name="time">How long to begin new requests.</param>
    /// <param name="requestsPerSecond">Pace of all connections together; null for as fast as they are answered.</param>
    /// <param name="requests">How many requests at most; null for as many as there is time.</param>
    internal async Task<LoadReport> RunAsync(TimeSpan time, double? requestsPerSecond = null, int? requests = null)
    {
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = Connections };
        using var http = new HttpClient(handler);
        var last = requests is { } count ? _next + count : int.MaxValue;
        var reports = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(() => RunConnectionAsync(http, time, requestsPerSecond / Connections, last))));
        return new LoadReport(reports.Sum(report => report.Requests), reports.Sum(report => report.Refused), [.. reports.SelectMany(report => report.Latencies).Order()]);
    }

    private async Task<LoadReport> RunConnectionAsync(HttpClient http, TimeSpan time, double? requestsPerSecond, int last)
    {
        var latencies = new List<double>();
        var refused = 0L;
        var startedAt = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(startedAt) < time)
        {
            if (requestsPerSecond is { } pace && TimeSpan.FromSeconds(latencies.Count / pace) - Stopwatch.GetElapsedTime(startedAt) is { Ticks: > 0 } early)
            {
                await Task.Delay(early);
            }

            var number = Interlocked.Increment(ref _next);
            if (number > last)
            {
                break;
            }

            var content = body(number);
            var sentAt = Stopwatch.GetTimestamp();
            while (!await TrySendAsync(http, content))
            {
                refused++;
                await Task.Delay(Pause);
            }

            latencies.Add(Stopwatch.GetElapsedTime(sentAt).TotalMilliseconds);
        }

        return new LoadReport(latencies.Count, refused, latencies);
    }

    private async Task<bool> TrySendAsync(HttpClient http, byte[] content)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, target) { Content = new ByteArrayContent(content) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        using var answer = await http.SendAsync(request);
        return answer.StatusCode == HttpStatusCode.ServiceUnavailable ? false : answer.EnsureSuccessStatusCode().IsSuccessStatusCode;
    }
}
