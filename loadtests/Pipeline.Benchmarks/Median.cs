namespace Pipeline.Benchmarks;

/// <summary>The median of three runs: one disturbed run does not count.</summary>
internal static class Median
{
    private const int Runs = 3;

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
