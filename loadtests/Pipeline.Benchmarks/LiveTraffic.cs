using System.Globalization;
using System.Text;
using Pipeline.Storage.ClickHouse.Inserting;
using Pipeline.Storage.ClickHouse.Querying;

namespace Pipeline.Benchmarks;

/// <summary>Live OTLP traffic of a measurement, and what of it is visible how soon.</summary>
internal sealed class LiveTraffic : IDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);
    private static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>(StringComparer.Ordinal);

    private readonly Load _load;
    private readonly double _requestsPerSecond;
    private readonly ClickHouseQueryClient _client;

    internal LiveTraffic(BenchPipeline pipeline, int observationsPerSecond)
    {
        var authorization = $"{pipeline.Environment["LANGFUSE_PUBLIC_KEY"]}:{pipeline.Environment["LANGFUSE_SECRET_KEY"]}";
        _load = new Load(
            new Uri(new Uri(pipeline.Environment["LANGFUSE_BASE_URL"]), "/api/public/otel/v1/traces"),
            "application/x-protobuf",
            new OtlpTemplate().Stamp,
            "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(authorization)));
        _requestsPerSecond = observationsPerSecond / (double)Bodies.SpansPerBody;
        _client = new ClickHouseQueryClient(new ClickHouseOptions { Address = new Uri(pipeline.Environment["CLICKHOUSE_URL"]) });
    }

    /// <summary>Reads what is stored.</summary>
    internal ClickHouseQueryClient Client => _client;

    /// <summary>Observations acknowledged so far.</summary>
    internal long Acknowledged { get; private set; }

    /// <summary>Sends at the pace for a time.</summary>
    internal async Task<LoadReport> SendAsync(TimeSpan time)
    {
        var report = await _load.RunAsync(time, _requestsPerSecond);
        Acknowledged += report.Requests * Bodies.SpansPerBody;
        return report;
    }

    /// <summary>Observations of live traffic that have their receipt; cheap enough to ask every second.</summary>
    internal Task<long> StoredAsync() => NumberAsync("SELECT toInt64(sum(stored)) AS n FROM receipts FINAL WHERE payload_kind = 2");

    /// <summary>Rows that a reader sees.</summary>
    internal Task<long> VisibleAsync() => NumberAsync("SELECT toInt64(count()) AS n FROM observations");

    /// <summary>The 99th percentile of the time from receipt by the gateway to the receipt in the store, of what was received since.</summary>
    internal async Task<double> FreshnessAsync(DateTimeOffset since) => (double)(await _client.QueryAsync(
        "SELECT toFloat64(quantile(0.99)((toUnixTimestamp64Micro(stored_at) - toUnixTimestamp64Micro(received_at)) / 1000)) AS n FROM receipts "
        + string.Create(CultureInfo.InvariantCulture, $"WHERE payload_kind = 2 AND attempt = 0 AND received_at >= fromUnixTimestamp64Milli({since.ToUnixTimeMilliseconds()})"),
        None,
        CancellationToken.None))[0]["n"]!;

    /// <summary>Waits until so much is stored, and fails when it never comes to that.</summary>
    internal async Task WaitUntilStoredAsync(Func<long> expected, TimeSpan limit)
    {
        var startedAt = TimeProvider.System.GetTimestamp();
        while (await StoredAsync() < expected())
        {
            if (TimeProvider.System.GetElapsedTime(startedAt) > limit)
            {
                throw new InvalidOperationException($"{await StoredAsync()} of {expected()} observations stored after {limit.TotalSeconds:0} s");
            }

            await Task.Delay(PollInterval);
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<long> NumberAsync(string query) => (long)(await _client.QueryAsync(query, None, CancellationToken.None))[0]["n"]!;
}
