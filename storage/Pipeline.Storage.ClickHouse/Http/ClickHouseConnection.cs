using System.Text;
using Pipeline.Storage.ClickHouse.Inserting;

namespace Pipeline.Storage.ClickHouse.Http;

/// <summary>Sends statements over ClickHouse's HTTP interface.</summary>
internal sealed class ClickHouseConnection : IDisposable
{
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(2);

    private readonly HttpClient _http;
    private readonly ClickHouseOptions _options;

    internal ClickHouseConnection(ClickHouseOptions options)
    {
        _options = options;
        _http = new HttpClient(new SocketsHttpHandler
        {
            // A replaced server behind the same name must be found without a restart.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectTimeout = TimeSpan.FromSeconds(5),
        })
        {
            BaseAddress = options.Address,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        if (options.User.Length > 0)
        {
            _http.DefaultRequestHeaders.Add("X-ClickHouse-User", options.User);
            _http.DefaultRequestHeaders.Add("X-ClickHouse-Key", options.Password);
        }
    }

    /// <summary>Sends one statement and reads the whole answer; what goes wrong on the way is an answer too.</summary>
    internal async Task<ClickHouseAnswer> SendAsync(ClickHouseRequest request, CancellationToken cancellationToken)
    {
        using var message = Message(request);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(request.Timeout);
        try
        {
            using var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            var body = await response.Content.ReadAsByteArrayAsync(deadline.Token);
            return AnswerRule.Resolve(response, body, request.Rows is not null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ClickHouseAnswer.Failed(0, $"no answer within {request.Timeout.TotalSeconds:0.###} s") with { IsTimeout = true };
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return ClickHouseAnswer.Failed(0, failure.Message);
        }
    }

    internal async Task<bool> PingAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(PingTimeout);
        try
        {
            using var response = await _http.GetAsync(new Uri("/ping", UriKind.Relative), deadline.Token);
            return response.IsSuccessStatusCode;
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException
            || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Message(ClickHouseRequest request)
    {
        // Waiting for the end makes the summary true and keeps most errors out of a 200's body.
        var address = new StringBuilder("/?wait_end_of_query=1&database=").Append(Uri.EscapeDataString(request.Database ?? _options.Database));
        foreach (var (name, value) in request.Parameters)
        {
            address.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        var isInAddress = request.Rows is not null || request.IsReadOnly;
        if (isInAddress)
        {
            address.Append("&query=").Append(Uri.EscapeDataString(request.Statement));
        }

        return new HttpRequestMessage(request.IsReadOnly ? HttpMethod.Get : HttpMethod.Post, address.ToString())
        {
            Content = isInAddress ? request.Rows : new StringContent(request.Statement, Encoding.UTF8),
        };
    }
}
