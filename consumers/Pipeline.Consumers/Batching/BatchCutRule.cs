namespace Pipeline.Consumers.Batching;

/// <summary>Decides when a batch is full enough.</summary>
internal static class BatchCutRule
{
    /// <param name="batch">The batch.</param>
    /// <param name="age">Time since its first record was read.</param>
    /// <param name="isIdle">Whether the log had nothing more.</param>
    /// <param name="isFlushRequested">Whether partitions are being handed over.</param>
    /// <param name="options">Limits.</param>
    internal static bool ShouldCut(OpenBatch batch, TimeSpan age, bool isIdle, bool isFlushRequested, WriterOptions options) =>
        !batch.IsEmpty
        && (isFlushRequested
            || batch.Events >= options.MaxBatchEvents
            || batch.Bytes >= options.MaxBatchBytes
            || age >= options.FlushInterval
            || (isIdle && age >= options.IdleFlushInterval));
}
