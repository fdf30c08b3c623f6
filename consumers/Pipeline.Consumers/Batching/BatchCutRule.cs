namespace Pipeline.Consumers.Batching;

/// <summary>Decides when a batch is full enough.</summary>
internal static class BatchCutRule
{
    /// <summary>Whether to close the batch now; an empty one never is.</summary>
    /// <param name="size">What the batch holds.</param>
    /// <param name="age">Time since its first record was read.</param>
    /// <param name="isIdle">Whether the log had nothing more.</param>
    /// <param name="isFlushRequested">Whether partitions are being handed over.</param>
    /// <param name="limits">Limits.</param>
    internal static bool ShouldCut(BatchSize size, TimeSpan age, bool isIdle, bool isFlushRequested, in BatchLimits limits) =>
        size.Records > 0
        && (isFlushRequested
            || size.Rows >= limits.MaxRows
            || size.Bytes >= limits.MaxBytes
            || size.MetadataBytes >= limits.MaxBytes
            || age >= limits.FlushInterval
            || (isIdle && age >= limits.IdleFlushInterval));
}
