using System.Globalization;

namespace Pipeline.Benchmarks;

/// <summary>What the engine itself costs to take blocks that are prepared already.</summary>
internal sealed class StoreMeasurement(Results results, BenchPipeline pipeline)
{
    private const int Inserts = 20;

    /// <summary>Inserts one batch of the topic again and again into a database of its own.</summary>
    /// <returns>CPU-seconds of the engine per million observations.</returns>
    internal async Task<double> RunAsync(string servers, string topic)
    {
        var value = await Median.OfAsync(async () =>
        {
            using var child = await ChildRole.StartAsync(
                "insert-block", servers, topic, pipeline.Environment["CLICKHOUSE_URL"], "bench_" + Guid.NewGuid().ToString("N")[..8], Inserts.ToString(CultureInfo.InvariantCulture));
            var observations = double.Parse(await child.ReadLineAsync(), CultureInfo.InvariantCulture);
            var before = pipeline.CpuSecondsOf("engine");
            await child.WriteLineAsync("go");
            await child.ReadLineAsync();
            return (pipeline.CpuSecondsOf("engine") - before) * 1_000_000 / (observations * Inserts);
        });
        results.Add("floor: engine takes prepared blocks", Results.CpuPerMillion, value);
        return value;
    }
}
