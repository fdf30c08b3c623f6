namespace Pipeline.Gateway.Routing;

/// <summary>How requests are cut into records.</summary>
internal static class RoutingLimits
{
    /// <summary>A request that would touch more partitions goes whole to the partition of its first trace: locality only saves rows, many small records cost.</summary>
    internal const int MaxPartitionsPerRequest = 8;

    /// <summary>Records are cut above this payload size: one megabyte keeps a broker's batches and a consumer's memory even.</summary>
    internal const int TargetRecordBytes = 1024 * 1024;

    /// <summary>
    /// Largest resource and scope of a span: every record with one of its spans repeats them, and every stored span does, so a larger one
    /// would multiply what a request costs. Real ones are below ten kilobytes.
    /// </summary>
    internal const int MaxSharedBytes = 256 * 1024;

    /// <summary>
    /// Resource and scope bytes of a record counted once per span, which is what a consumer writes of them: 128 spans of the largest ones,
    /// 3,000 of ten kilobytes. Records are cut above it.
    /// </summary>
    internal const int MaxExpandedBytes = 32 * 1024 * 1024;

    /// <summary>
    /// The same for a whole request; spans beyond it are refused. It also bounds how often cutting repeats a large resource: eight records
    /// more at most.
    /// </summary>
    internal const int MaxRequestExpandedBytes = 8 * MaxExpandedBytes;

    /// <summary>Largest single event: the topic's 8 MiB less room for the envelope.</summary>
    internal const int MaxEventBytes = (8 * 1024 * 1024) - (64 * 1024);
}
