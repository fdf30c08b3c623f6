using Pipeline.Consumers.Pressure;

namespace Pipeline.Consumers.Batching;

/// <summary>How large and how old a batch may become now.</summary>
/// <param name="MaxRows">Rows over all tables, after folding.</param>
/// <param name="MaxBytes">Bytes of the records it was made from, and of the metadata it writes.</param>
/// <param name="FlushInterval">Age under load.</param>
/// <param name="IdleFlushInterval">Age once the log has nothing more.</param>
internal readonly record struct BatchLimits(int MaxRows, long MaxBytes, TimeSpan FlushInterval, TimeSpan IdleFlushInterval)
{
    /// <summary>The limits that hold while the store is well, or while it asked to be spared or is about to.</summary>
    internal static BatchLimits Of(WriterOptions options, bool isOverloaded, PressureLevel pressure = PressureLevel.Calm) => isOverloaded || pressure != PressureLevel.Calm
        ? new BatchLimits(options.MaxBatchRows, options.OverloadMaxBatchBytes, options.OverloadFlushInterval, options.OverloadFlushInterval)
        : new BatchLimits(options.MaxBatchRows, options.MaxBatchBytes, options.FlushInterval, options.IdleFlushInterval);
}
