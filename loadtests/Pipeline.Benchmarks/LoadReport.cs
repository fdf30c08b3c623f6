namespace Pipeline.Benchmarks;

/// <summary>What a load did.</summary>
/// <param name="Requests">Requests acknowledged.</param>
/// <param name="Refused">Answers 503, after which the request was repeated.</param>
/// <param name="Latencies">Milliseconds from the first attempt to the acknowledgement.</param>
internal sealed record LoadReport(long Requests, long Refused, List<double> Latencies)
{
    /// <summary>The latency that so many percent of the requests stay below.</summary>
    internal double Percentile(int percent) => Latencies[Math.Min(Latencies.Count - 1, Latencies.Count * percent / 100)];
}
