using Pipeline.Storage;

namespace Pipeline.EndToEnd.Tests.Faults;

/// <summary>A prepared batch that remembers which records it holds.</summary>
internal sealed class CountedBatch(IPreparedBatch inner, IReadOnlyList<Guid> records) : IPreparedBatch
{
    internal IPreparedBatch Inner => inner;

    internal IReadOnlyList<Guid> Records => records;

    public int RowCount => inner.RowCount;

    public long ByteCount => inner.ByteCount;

    public void Dispose() => inner.Dispose();
}
