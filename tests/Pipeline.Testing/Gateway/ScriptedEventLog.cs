using System.Collections.Concurrent;
using Pipeline.Buffer;
using Pipeline.Schemas.Records;

namespace Pipeline.Testing.Gateway;

/// <summary>A log whose behaviour a test changes while it runs: it appends, refuses, or never answers.</summary>
public sealed class ScriptedEventLog(int partitionCount = 4) : IEventLog, IEventLogAdmin
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _offset;

    public string Topic => "scripted";

    public int PartitionCount => Opened.IsCompleted ? partitionCount : throw new InvalidOperationException("the log is not open");

    /// <summary>Decides what becomes of an append; null appends.</summary>
    public Func<BufferRecord, AppendOutcome?>? Script { get; set; }

    /// <summary>While set, appends never complete before their caller gives up.</summary>
    public bool IsSilent { get; set; }

    /// <summary>While set, the log cannot be opened or reached.</summary>
    public bool IsDown { get; set; }

    /// <summary>What a check of the topic finds.</summary>
    public IReadOnlyList<TopicFinding> Findings { get; set; } = [];

    /// <summary>While set, records are decoded and kept.</summary>
    public bool KeepsRecords { get; init; } = true;

    public ConcurrentQueue<(int Partition, string Key, RecordHeaders Headers, BufferRecord Record)> Appended { get; } = new();

    public Task Opened => _opened.Task;

    public ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        if (IsDown)
        {
            throw new EventLogUnavailableException("scripted outage");
        }

        _opened.TrySetResult();
        return ValueTask.CompletedTask;
    }

    public async ValueTask<AppendResult> AppendAsync(int partition, string key, RecordHeaders headers, byte[] value, CancellationToken cancellationToken)
    {
        if (IsSilent)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }

        if (!KeepsRecords)
        {
            return AppendResult.Appended(partition, Interlocked.Increment(ref _offset));
        }

        Xunit.Assert.Equal(RecordDecodeOutcome.Decoded, BufferRecordCodec.TryDecode(headers, value, out var record));
        if (Script?.Invoke(record!) is { } outcome and not AppendOutcome.Appended)
        {
            return AppendResult.Failed(outcome, partition, "scripted");
        }

        Appended.Enqueue((partition, key, headers, record!));
        return AppendResult.Appended(partition, Interlocked.Increment(ref _offset));
    }

    public ValueTask<bool> IsReachableAsync(CancellationToken cancellationToken) => new(!IsDown && !IsSilent);

    public ValueTask<bool> EnsureTopicAsync(TopicSpec spec, CancellationToken cancellationToken) => new(false);

    public ValueTask<IReadOnlyList<TopicFinding>> CheckTopicAsync(TopicSpec spec, CancellationToken cancellationToken) =>
        IsDown ? throw new EventLogUnavailableException("scripted outage") : new(Findings);

    public IEventLogReader Join(ReaderOptions options) => throw new NotSupportedException("a gateway does not read");

    public ValueTask<IReadOnlyList<PartitionPosition>> ReadPositionsAsync(string group, CancellationToken cancellationToken) =>
        throw new NotSupportedException("a gateway does not read");

    public IAsyncEnumerable<BufferedRecord> ReadRangeAsync(int partition, long fromOffset, long toOffset, CancellationToken cancellationToken) =>
        throw new NotSupportedException("a gateway does not read");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
