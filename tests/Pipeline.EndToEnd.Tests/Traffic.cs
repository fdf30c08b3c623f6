using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Pipeline.EndToEnd.Tests;

/// <summary>A client that behaves as SDKs do: it sends batches, retries what was not acknowledged, and remembers what was.</summary>
internal sealed class Traffic : IAsyncDisposable
{
    // Four senders make about 1,500 observations a second: fifteen times ten million traces a day, and far enough below what two cores
    // can do beside the test that a backlog of some seconds is worked off in a fraction of them.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(10);

    private readonly HttpClient _http;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentBag<string> _acknowledged = [];
    private readonly List<Task> _senders = [];
    private readonly string _run = Guid.NewGuid().ToString("N")[..8];
    private long _next;
    private long _retries;

    internal Traffic(PipelineProcess pipeline)
        : this(pipeline.BaseAddress, pipeline.Environment["LANGFUSE_PUBLIC_KEY"], pipeline.Environment["LANGFUSE_SECRET_KEY"])
    {
    }

    internal Traffic(Uri gateway, string publicKey, string secretKey)
    {
        var credentials = $"{publicKey}:{secretKey}";
        _http = new HttpClient { BaseAddress = gateway, Timeout = TimeSpan.FromSeconds(5) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
    }

    /// <summary>Observation ids whose creation was acknowledged.</summary>
    internal IReadOnlyCollection<string> Acknowledged => _acknowledged;

    /// <summary>Requests that had to be sent again.</summary>
    internal long Retries => Interlocked.Read(ref _retries);

    /// <summary>Whether an id is one of those that were sent.</summary>
    internal bool IsSent(string id) =>
        id.StartsWith($"o-{_run}-", StringComparison.Ordinal) && long.TryParse(id.AsSpan(_run.Length + 3), CultureInfo.InvariantCulture, out var number) && number <= Interlocked.Read(ref _next);

    internal void Start(int senders, int batchesEach = int.MaxValue)
    {
        for (var i = 0; i < senders; i++)
        {
            _senders.Add(Task.Run(() => SendAsync(batchesEach)));
        }
    }

    /// <summary>Waits until every sender has sent what it has.</summary>
    internal Task FinishAsync() => Task.WhenAll(_senders);

    /// <summary>Sends one batch once.</summary>
    /// <returns>Whether it was acknowledged.</returns>
    internal async Task<bool> TrySendAsync(string body, CancellationToken cancellationToken)
    {
        try
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await _http.PostAsync(new Uri("/api/public/ingestion", UriKind.Relative), content, cancellationToken);
            Assert.True(answer.StatusCode is HttpStatusCode.MultiStatus or HttpStatusCode.ServiceUnavailable, $"unexpected status {answer.StatusCode}");
            return answer.StatusCode == HttpStatusCode.MultiStatus;
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    internal async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_senders);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
        _http.Dispose();
    }

    private async Task SendAsync(int batches)
    {
        for (; batches > 0 && !_stopping.IsCancellationRequested; batches--)
        {
            var ids = new List<string>();
            var body = BatchOf(ids);

            // A batch that was begun is sent until it is acknowledged, as an SDK's queue would.
            while (!await TrySendAsync(body, CancellationToken.None))
            {
                Interlocked.Increment(ref _retries);
                await Task.Delay(100);
            }

            ids.ForEach(_acknowledged.Add);
            await Task.Delay(Pace);
        }
    }

    private string BatchOf(List<string> ids)
    {
        var batch = new StringBuilder("""{"batch":[""");
        for (var i = 0; i < 5; i++)
        {
            var number = Interlocked.Increment(ref _next);
            var id = string.Create(CultureInfo.InvariantCulture, $"o-{_run}-{number}");
            var traceId = string.Create(CultureInfo.InvariantCulture, $"t-{_run}-{number % 50}");
            ids.Add(id);
            batch.Append(i == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $$$"""
                {"id":"{{{id}}}-create","type":"span-create","timestamp":"2026-11-20T10:00:00.000Z","body":{"id":"{{{id}}}","traceId":"{{{traceId}}}","name":"n{{{number}}}","startTime":"2026-11-20T10:00:00Z","input":"in {{{number}}}"}},
                {"id":"{{{id}}}-update","type":"span-update","timestamp":"2026-11-20T10:00:01.000Z","body":{"id":"{{{id}}}","traceId":"{{{traceId}}}","output":"out {{{number}}}","endTime":"2026-11-20T10:00:01Z"}}
                """);
        }

        return batch.Append("]}").ToString();
    }
}
