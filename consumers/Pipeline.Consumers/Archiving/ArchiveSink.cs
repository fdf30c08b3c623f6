using Pipeline.Buffer;
using Pipeline.Consumers.Batching;

namespace Pipeline.Consumers.Archiving;

/// <summary>The archive's cut: records as they are, whatever version wrote them.</summary>
internal sealed class ArchiveSink(ArchiveOptions options, ArchiveStorer storer) : IBatchSink
{
    private List<BufferedRecord> _records = [];
    private long _bytes;

    public bool IsEmpty => _records.Count == 0;

    public void Add(BufferedRecord source)
    {
        _records.Add(source);
        _bytes += source.Value.Length;
    }

    public bool IsDue(TimeSpan age, bool isIdle, bool isFlushRequested) =>
        !IsEmpty && (isFlushRequested || _records.Count >= options.MaxRecords || _bytes >= options.MaxBytes || age >= options.FlushInterval);

    public IClosedBatch Close()
    {
        var closed = new ClosedArchiveBatch(_records, storer);
        (_records, _bytes) = ([], 0);
        return closed;
    }
}
