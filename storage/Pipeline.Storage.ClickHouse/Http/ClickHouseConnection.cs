using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Pipeline.Storage.ClickHouse.Inserting;

namespace Pipeline.Storage.ClickHouse.Http;

/// <summary>Sends statements over ClickHouse's HTTP interface and finds every way in which it says no.</summary>
internal sealed class ClickHouseConnection : IDisposable
{
    internal static readonly IReadOnlyDictionary<string, string> NoParameters = new Dictionary<string, string>(StringComparer.Ordinal);

    private const string ExceptionCodeHeader = "X-ClickHouse-Exception-Code";
    private const string SummaryHeader = "X-ClickHouse-Summary";

    // From 25.11 on, an error behind the headers of a 200 stands in such a block; older versions write the bare text.
    private static readonly byte[][] ErrorMarks = ["__exception__"u8.ToArray(), "DB::Exception: "u8.ToArray()];
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

    /// <summary>Sends one statement. With a body, the statement travels in the address and the body holds its rows.</summary>
    internal async Task<ClickHouseAnswer> SendAsync(
        string statement,
        HttpContent? rows,
        IReadOnlyDictionary<string, string> parameters,
        TimeSpan timeout,
        CancellationToken cancellationToken,
        string? database = null)
    {
        // Waiting for the end makes the summary true and keeps most errors out of a 200's body.
        var address = new StringBuilder("/?wait_end_of_query=1&database=").Append(Uri.EscapeDataString(database ?? _options.Database));
        foreach (var (name, value) in parameters)
        {
            address.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        if (rows is not null)
        {
            address.Append("&query=").Append(Uri.EscapeDataString(statement));
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, address.ToString());
        request.Content = rows ?? new StringContent(statement, Encoding.UTF8);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            var body = await response.Content.ReadAsByteArrayAsync(deadline.Token);
            return Read(response, body);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ClickHouseAnswer.Failed(0, $"no answer within {timeout.TotalSeconds:0.#} s");
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

    private static ClickHouseAnswer Read(HttpResponseMessage response, byte[] body)
    {
        var code = CodeIn(response.Headers);
        if (!response.IsSuccessStatusCode || code != 0)
        {
            var text = Encoding.UTF8.GetString(body).Trim();
            return ClickHouseAnswer.Failed(code, text.Length == 0 ? $"HTTP {(int)response.StatusCode}" : text);
        }

        foreach (var mark in ErrorMarks)
        {
            // A result may hold such text as data; an insert has no result, so there any of it is an error.
            var position = body.AsSpan().LastIndexOf(mark);
            if (position >= 0 && IsErrorTail(body.AsSpan(position), response))
            {
                return ClickHouseAnswer.Failed(CodeInText(body), Encoding.UTF8.GetString(body.AsSpan(position)));
            }
        }

        return new ClickHouseAnswer(null, 0, WrittenRowsIn(response.Headers), body);
    }

    private static bool IsErrorTail(ReadOnlySpan<byte> tail, HttpResponseMessage response) =>
        response.RequestMessage!.RequestUri!.Query.Contains("&query=INSERT", StringComparison.Ordinal) || tail.StartsWith("__exception__"u8);

    private static int CodeIn(HttpResponseHeaders headers) =>
        headers.TryGetValues(ExceptionCodeHeader, out var values) && int.TryParse(values.First(), out var code) ? code : 0;

    private static int CodeInText(byte[] body)
    {
        var text = Encoding.UTF8.GetString(body);
        var start = text.LastIndexOf("Code: ", StringComparison.Ordinal);
        if (start < 0)
        {
            return 0;
        }

        var digits = text.AsSpan(start + 6);
        var end = digits.IndexOfAnyExceptInRange('0', '9');
        return int.TryParse(end < 0 ? digits : digits[..end], out var code) ? code : 0;
    }

    private static long WrittenRowsIn(HttpResponseHeaders headers)
    {
        if (!headers.TryGetValues(SummaryHeader, out var values))
        {
            return -1;
        }

        using var summary = JsonDocument.Parse(values.First());
        return summary.RootElement.TryGetProperty("written_rows", out var rows) && long.TryParse(rows.GetString(), out var count) ? count : -1;
    }
}
