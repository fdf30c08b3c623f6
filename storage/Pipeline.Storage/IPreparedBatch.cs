namespace Pipeline.Storage;

/// <summary>A batch encoded for its store, in pooled buffers that disposing returns.</summary>
public interface IPreparedBatch : IDisposable
{
    /// <summary>Rows over all tables.</summary>
    int RowCount { get; }

    /// <summary>Encoded bytes, as they will be sent.</summary>
    long ByteCount { get; }
}
