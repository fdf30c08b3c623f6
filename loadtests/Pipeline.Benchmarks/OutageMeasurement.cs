using System.Diagnostics;
using System.Globalization;

namespace Pipeline.Benchmarks;

/// <summary>The store goes away under a steady load and comes back: what the gateway's clients notice, and how fast the backlog drains.</summary>
internal sealed class OutageMeasurement(Results results, BenchPipeline pipeline)
{
    private static readonly TimeSpan Baseline = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan DrainSlice = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromMinutes(10);

    /// <summary>Measures.</summary>
    /// <returns>Whether what was acknowledged is what is visible, and the ledger has no gap.</returns>
    internal async Task<bool> RunAsync(int seconds, int observationsPerSecond)
    {
        using var live = new LiveTraffic(pipeline, observationsPerSecond);
        await live.SendAsync(TimeSpan.FromSeconds(10));
        var before = await live.SendAsync(Baseline);
        LoadReport during;
        using (var blocker = await TakeStoreAwayAsync())
        {
            during = await live.SendAsync(TimeSpan.FromSeconds(seconds));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the store refused {blocker.Refused} connections"));
        }

        // The load goes on while the backlog drains.
        var backAt = Stopwatch.GetTimestamp();
        var storedBefore = 0L;
        var storedAt = TimeSpan.Zero;
        var isFirst = true;
        while (true)
        {
            await live.SendAsync(DrainSlice);
            var stored = await TryAsync(live.StoredAsync) ?? storedBefore;
            if (isFirst && stored > 0)
            {
                (isFirst, storedBefore, storedAt) = (false, stored, Stopwatch.GetElapsedTime(backAt));
            }

            if (stored >= live.Acknowledged - (2 * observationsPerSecond))
            {
                var drained = (stored - storedBefore) / (Stopwatch.GetElapsedTime(backAt) - storedAt).TotalSeconds;
                results.Add("outage: caught up, from the store's return", "s", Stopwatch.GetElapsedTime(backAt).TotalSeconds);
                results.Add("outage: drain rate over the rate of arrival", "times", drained / observationsPerSecond);
                break;
            }

            if (Stopwatch.GetElapsedTime(backAt) > DrainLimit)
            {
                throw new InvalidOperationException("the backlog did not drain");
            }
        }

        await live.WaitUntilStoredAsync(() => live.Acknowledged, DrainLimit);
        var visible = await live.VisibleAsync();
        var (ledger, _) = await pipeline.ReadLedgerAsync();
        results.Add("outage: gateway p50 before", "ms", before.Percentile(50));
        results.Add("outage: gateway p50 during", "ms", during.Percentile(50), before.Percentile(50));
        results.Add("outage: gateway p99 before", "ms", before.Percentile(99));
        results.Add("outage: gateway p99 during", "ms", during.Percentile(99), before.Percentile(99));
        results.Add("outage: answers 503", "answers", before.Refused + during.Refused);
        results.Add("outage: acknowledged and not visible once", "observations", live.Acknowledged - visible);
        return live.Acknowledged == visible && ledger == 0;
    }

    // The supervisor starts the engine again, so its port is taken before it can.
    private async Task<PortBlocker> TakeStoreAwayAsync()
    {
        var port = new Uri(pipeline.Environment["CLICKHOUSE_URL"]).Port;
        while (true)
        {
            using (var engine = Process.GetProcessById(pipeline.PidOf("engine")))
            {
                engine.Kill();
                await engine.WaitForExitAsync();
            }

            if (PortBlocker.TryTake(port) is { } blocker)
            {
                return blocker;
            }
        }
    }

    private static async Task<long?> TryAsync(Func<Task<long>> read)
    {
        try
        {
            return await read();
        }
        catch (Storage.ClickHouse.ClickHouseException)
        {
            // It is still starting.
            return null;
        }
    }
}
