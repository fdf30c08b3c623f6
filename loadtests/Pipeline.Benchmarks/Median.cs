namespace Pipeline.Benchmarks;

/// <summary>The median of three runs, or of as many as <c>BENCH_RUNS</c> says: one disturbed run does not count.</summary>
internal static class Median
{
    private static readonly int Runs = BenchSetting.Number("BENCH_RUNS", 3);

    internal static async Task<double> OfAsync(Func<Task<double>> measure)
    {
        var values = new List<double>();
        for (var i = 0; i < Runs; i++)
        {
            values.Add(await measure());
        }

        values.Sort();
        return values[Runs / 2];
    }
}
