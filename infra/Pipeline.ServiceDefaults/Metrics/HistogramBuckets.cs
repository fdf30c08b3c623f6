namespace Pipeline.ServiceDefaults.Metrics;

/// <summary>Bucket bounds, so that the same quantity has the same buckets in every host.</summary>
public static class HistogramBuckets
{
    /// <summary>Seconds: the messaging conventions' advice, plus 1 and 2.5 ms, where an append to a local log lies.</summary>
    public static readonly IReadOnlyList<double> Seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

    /// <summary>Bytes from 1 KiB to 32 MiB by factors of 4 and 2 around the usual request sizes.</summary>
    public static readonly IReadOnlyList<double> Bytes = [1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 33_554_432];
}
