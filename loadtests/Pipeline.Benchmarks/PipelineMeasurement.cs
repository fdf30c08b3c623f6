using System.Diagnostics;
using System.Globalization;
using System.Text;
using Pipeline.Storage.ClickHouse.Inserting;
using Pipeline.Storage.ClickHouse.Querying;

namespace Pipeline.Benchmarks;

/// <summary>The whole pipeline under a steady load, on the cores that the load and the brokers use too: rate, CPU, memory, and whether it is exact.</summary>
internal sealed class PipelineMeasurement(Results results, BenchPipeline pipeline)
{
    private static readonly TimeSpan SampleInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromMinutes(5);
    private static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Sends for a time at a rate, waits until everything is stored, and compares.</summary>
    /// <param name="seconds">How long to send.</param>
    /// <param name="observationsPerSecond">Pace.</param>
    /// <param name="floor">CPU-seconds per million observations of the floors of all steps together; null when they were not measured.</param>
    /// <returns>Whether what was acknowledged is what is visible, and the ledger has no gap.</returns>
    internal async Task<bool> RunAsync(int seconds, int observationsPerSecond, double? floor)
    {
        var authorization = $"{pipeline.Environment["LANGFUSE_PUBLIC_KEY"]}:{pipeline.Environment["LANGFUSE_SECRET_KEY"]}";
        var load = new Load(
            new Uri(new Uri(pipeline.Environment["LANGFUSE_BASE_URL"]), "/api/public/otel/v1/traces"),
            "application/x-protobuf",
            new OtlpTemplate().Stamp,
            "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(authorization)));
        using var client = new ClickHouseQueryClient(new ClickHouseOptions { Address = new Uri(pipeline.Environment["CLICKHOUSE_URL"]) });
        using var sampling = new CancellationTokenSource();
        var cpuBefore = BenchPipeline.Processes.Sum(pipeline.CpuSecondsOf);
        var startedAt = Stopwatch.GetTimestamp();
        var memory = Task.WhenAll(SampleMemoryAsync("gateway", sampling.Token), SampleMemoryAsync("consumer", sampling.Token));
        var report = await load.RunAsync(TimeSpan.FromSeconds(seconds), observationsPerSecond / (double)Bodies.SpansPerBody);
        var acknowledged = report.Requests * Bodies.SpansPerBody;
        var visible = await WaitUntilVisibleAsync(client, acknowledged);
        var elapsed = Stopwatch.GetElapsedTime(startedAt);
        var cpu = BenchPipeline.Processes.Sum(pipeline.CpuSecondsOf) - cpuBefore;
        await sampling.CancelAsync();
        var samples = await memory;
        var (ledger, ledgerText) = await pipeline.ReadLedgerAsync();

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"pipeline: {acknowledged} observations in {elapsed.TotalSeconds:0.0} s, p50 {report.Percentile(50):0.0} ms, p99 {report.Percentile(99):0.0} ms, {report.Refused} answers 503"));
        results.Add("pipeline: sent, stored and visible", "observations/s", visible / elapsed.TotalSeconds);
        results.Add("pipeline: gateway, consumer and engine together", Results.CpuPerMillion, cpu * 1_000_000 / acknowledged, floor);
        results.Add("pipeline: acknowledged and not visible once", "observations", acknowledged - visible);
        ReportMemory("gateway", samples[0]);
        ReportMemory("consumer", samples[1]);
        if (ledger != 0)
        {
            Console.WriteLine($"the ledger has a gap: {ledgerText}");
        }

        return acknowledged == visible && ledger == 0;
    }

    // Rows, not distinct ids: an observation that is visible twice is as wrong as one that is missing.
    private static async Task<long> WaitUntilVisibleAsync(ClickHouseQueryClient client, long expected)
    {
        var elapsed = Stopwatch.StartNew();
        while (true)
        {
            var rows = (long)(await client.QueryAsync("SELECT toInt64(count()) AS n FROM observations", None, CancellationToken.None))[0]["n"]!;
            if (rows >= expected || elapsed.Elapsed > DrainTimeout)
            {
                return rows;
            }

            await Task.Delay(SampleInterval);
        }
    }

    private async Task<List<double>> SampleMemoryAsync(string name, CancellationToken cancellationToken)
    {
        var samples = new List<double>();
        while (!cancellationToken.IsCancellationRequested)
        {
            samples.Add(ChildRole.ResidentMegabytesOf(pipeline.PidOf(name)));
            await Task.Delay(SampleInterval, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return samples;
    }

    // Growth: the median of the last third against that of the middle third; the first third is start-up.
    private void ReportMemory(string name, List<double> samples)
    {
        var third = Math.Max(1, samples.Count / 3);
        results.Add($"pipeline: {name}, most resident memory", "MB", samples.Max());
        results.Add($"pipeline: {name}, growth of resident memory", "MB", MedianOf(samples.TakeLast(third)) - MedianOf(samples.Skip(third).Take(third)));
    }

    private static double MedianOf(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? 0 : sorted[sorted.Count / 2];
    }
}
