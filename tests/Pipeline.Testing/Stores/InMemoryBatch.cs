using Pipeline.Storage;
using Pipeline.Storage.Batches;

namespace Pipeline.Testing.Stores;

/// <summary>A batch of the <see cref="InMemoryStateStore"/>; the rows stay as they are.</summary>
public sealed class InMemoryBatch(StateBatch states, Action disposed) : IPreparedBatch
{
    /// <summary>What it stores.</summary>
    public StateBatch States => states;

    public int RowCount { get; } = states.RowCount;

    public long ByteCount => RowCount * 100L;

    /// <summary>Whether its buffers went back.</summary>
    public bool IsDisposed { get; private set; }

    public void Dispose()
    {
        if (!IsDisposed)
        {
            IsDisposed = true;
            disposed();
        }
    }
}
