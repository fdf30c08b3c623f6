using Pipeline.Buffer;
using Pipeline.Schemas.Records;

namespace Pipeline.Benchmarks;

/// <summary>A log that takes everything at once and keeps nothing, to see the gateway alone.</summary>
internal sealed class NullLog : IEventLog
{
    private long _offset;

    public string Topic => "null";

    public int PartitionCount => 4;

    public ValueTask OpenAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<AppendResult> AppendAsync(int partition, string key, RecordHeaders headers, byte[] value, CancellationToken cancellationToken) =>
        ValueTask.FromResult(AppendResult.Appended(partition, Interlocked.Increment(ref _offset)));

    public IEventLogReader Join(ReaderOptions options) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<PartitionPosition>> ReadPositionsAsync(string group, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<BufferedRecord> ReadRangeAsync(int partition, long fromOffset, long toOffset, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<bool> IsReachableAsync(CancellationToken cancellationToken) => ValueTask.FromResult(true);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
