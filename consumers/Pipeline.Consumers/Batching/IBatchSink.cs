using Pipeline.Buffer;

namespace Pipeline.Consumers.Batching;

/// <summary>What a reading loop fills: the batch of one kind of consumer. Not thread-safe.</summary>
internal interface IBatchSink
{
    /// <summary>Whether nothing was taken since the last cut.</summary>
    bool IsEmpty { get; }

    /// <summary>Takes one record as read.</summary>
    /// <exception cref="UnreadableRecordException">This build must neither guess what it holds nor pass it by.</exception>
    void Add(BufferedRecord source);

    /// <summary>Whether to close the batch now; an empty one never is.</summary>
    /// <param name="age">Time since its first record was read.</param>
    /// <param name="isIdle">Whether the log had nothing more.</param>
    /// <param name="isFlushRequested">Whether partitions are being handed over.</param>
    bool IsDue(TimeSpan age, bool isIdle, bool isFlushRequested);

    /// <summary>Closes the batch and begins the next.</summary>
    IClosedBatch Close();
}
