using Confluent.Kafka;
using Pipeline.Buffer.Reading;
using Pipeline.Schemas.Records;

namespace Pipeline.Buffer.Kafka;

/// <summary>One group member: a thread that does nothing but poll, so that a slow caller never costs the membership.</summary>
/// <remarks>
/// All handlers run on that thread, inside Consume. While the queue is full the partitions are paused and polling goes on. Revoked: what was
/// not delivered is dropped, and the hand-over waits for the caller's commit within a bound. Lost: another member may own them already, so
/// nothing of them is committed.
/// </remarks>
internal sealed class KafkaLogReader : IEventLogReader
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan DrainPollInterval = TimeSpan.FromMilliseconds(20);

    private readonly ReaderOptions _options;
    private readonly TimeProvider _clock;
    private readonly Action<string> _reportTrouble;
    private readonly string _topic;
    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly ReaderQueue _queue = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Thread _poller;
    private readonly TaskCompletionSource _polled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Exception? _fault;

    // Used by the polling thread alone.
    private bool _isPaused;
    private bool _hasNewPartitions;
    private readonly HashSet<ErrorCode> _told = [];
    private readonly OffsetMender _mender;

    internal KafkaLogReader(KafkaBufferOptions kafka, ReaderOptions options, TimeProvider clock, Action<string> reportTrouble, Action<OffsetJump> reportJump)
    {
        _options = options;
        _clock = clock;
        _reportTrouble = reportTrouble;
        _topic = kafka.Topic;
        _consumer = new ConsumerBuilder<byte[], byte[]>(KafkaProperties.ForConsumer(kafka, options))
            .SetPartitionsAssignedHandler((_, partitions) => Own(partitions))
            .SetPartitionsRevokedHandler((_, partitions) => Release(partitions))
            .SetPartitionsLostHandler((_, partitions) => Lose(partitions))
            .SetErrorHandler((_, error) => Tell(error))
            .SetLogHandler((_, _) => { })
            .Build();
        _mender = new OffsetMender(_consumer, _topic, clock, reportJump);
        _consumer.Subscribe(_topic);
        _poller = new Thread(Poll) { IsBackground = true, Name = $"kafka poll {options.MemberId}" };
        _poller.Start();
    }

    public IReadOnlyCollection<int> AssignedPartitions => _queue.Assigned;

    /// <summary>Bytes fetched and not delivered.</summary>
    internal long BufferedBytes => _queue.QueuedBytes;

    public ValueTask<ReadResult> ReadAsync(int maxBytes, TimeSpan maxWait, CancellationToken cancellationToken) =>
        _fault is { } fault
            ? throw new EventLogUnavailableException($"the Kafka consumer cannot go on: {fault.Message}", fault)
            : _queue.TakeAsync(maxBytes, maxWait, cancellationToken);

    public async ValueTask<CommitOutcome> CommitAsync(IReadOnlyCollection<PartitionOffset> nextOffsets, CancellationToken cancellationToken)
    {
        var owners = new List<(OwnedPartition Owner, long Offset)>();
        foreach (var next in nextOffsets)
        {
            if (_queue.FindForCommit(next) is { } owner)
            {
                owners.Add((owner, next.Offset));
            }
        }

        if (owners.Count > 0)
        {
            // The client's commit blocks until the broker answered.
            var outcome = await Task.Run(() => Commit(owners), cancellationToken);
            if (outcome != CommitOutcome.Committed)
            {
                return outcome;
            }

            owners.ForEach(owned => _queue.Committed(owned.Owner, owned.Offset));
        }

        return owners.Count == nextOffsets.Count ? CommitOutcome.Committed : CommitOutcome.Fenced;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _polled.Task;
        _stopping.Dispose();
        _queue.Dispose();
    }

    private void Poll()
    {
        try
        {
            while (!_stopping.IsCancellationRequested)
            {
                _hasNewPartitions |= _mender.Mend();
                AdjustPause();
                Fetch();
            }
        }
        catch (Exception fault)
        {
            // Whatever it is: on this thread it would end the process, and it belongs to the caller.
            _fault = fault;
            _queue.Fault();
        }
        finally
        {
            Leave();
            _polled.TrySetResult();
        }
    }

    private void Fetch()
    {
        try
        {
            if (_consumer.Consume(PollInterval) is { Message: not null } result && _queue.Find(result.Partition.Value) is { } owner)
            {
                _told.Clear();
                _mender.Fetched(owner.Partition, result.Offset.Value);
                _queue.Add(owner, [RecordOf(result)]);
            }
        }
        catch (ConsumeException stopped) when (stopped.Error.Code == ErrorCode.Local_AutoOffsetReset)
        {
            if (_queue.Find(stopped.ConsumerRecord.Partition.Value) is { } owner)
            {
                _mender.Stopped(owner.Partition);
            }
        }
    }

    // The client repeats itself every second while the brokers are away.
    private void Tell(Error error)
    {
        if (_told.Add(error.Code))
        {
            _reportTrouble($"{error.Code}: {error.Reason}");
        }
    }

    // Leaving is the last call on the client and may fail with brokers away; the group then learns it by the session timeout.
    private void Leave()
    {
        _queue.Drop(_queue.Owned());
        try
        {
            _consumer.Close();
        }
        catch (KafkaException unreachable)
        {
            _fault ??= unreachable;
        }

        _consumer.Dispose();
    }

    private void AdjustPause()
    {
        var isFull = _queue.QueuedBytes >= _options.MaxBufferedBytes;
        if (isFull && (!_isPaused || _hasNewPartitions))
        {
            _consumer.Pause(_consumer.Assignment);
            (_isPaused, _hasNewPartitions) = (true, false);
        }
        else if (_isPaused && _queue.QueuedBytes < _options.MaxBufferedBytes / 2)
        {
            _consumer.Resume(_consumer.Assignment);
            _isPaused = false;
        }
    }

    private void Own(List<TopicPartition> partitions)
    {
        // New partitions come unpaused; the next turn of the loop pauses them with the others if the queue is full.
        _hasNewPartitions = true;
        _mender.Forget(partitions.Select(partition => partition.Partition.Value));
        _queue.Own(partitions.Select(partition => new OwnedPartition(partition.Partition.Value)));
    }

    private void Release(List<TopicPartitionOffset> partitions)
    {
        var released = Owned(partitions);
        _queue.BeginRelease(released);
        var startedAt = _clock.GetTimestamp();
        while (_queue.AnyInUse(released) && _clock.GetElapsedTime(startedAt) < _options.RevokeDrainTimeout && !_stopping.IsCancellationRequested)
        {
            _stopping.Token.WaitHandle.WaitOne(DrainPollInterval);
        }

        Lose(partitions);
    }

    private void Lose(List<TopicPartitionOffset> partitions)
    {
        _queue.Drop(Owned(partitions));
        _mender.Forget(partitions.Select(partition => partition.Partition.Value));
    }

    private List<OwnedPartition> Owned(List<TopicPartitionOffset> partitions) =>
        [.. partitions.Select(partition => _queue.Find(partition.Partition.Value)).OfType<OwnedPartition>()];

    private CommitOutcome Commit(List<(OwnedPartition Owner, long Offset)> owners)
    {
        try
        {
            _consumer.Commit(owners.Select(owned => new TopicPartitionOffset(_topic, owned.Owner.Partition, owned.Offset)));
            return CommitOutcome.Committed;
        }
        catch (KafkaException refused)
        {
            // While the group settles, members that keep their partitions are refused too: whether a commit is fenced, only what the member
            // owns afterwards tells, and the caller repeats it until then.
            return refused.Error.Code == ErrorCode.FencedInstanceId ? CommitOutcome.Fenced : CommitOutcome.Unavailable;
        }
        catch (ObjectDisposedException)
        {
            return CommitOutcome.Fenced;
        }
    }

    internal static BufferedRecord RecordOf(ConsumeResult<byte[], byte[]> result)
    {
        var headers = new RecordHeaders(TextOf(result.Message.Headers, RecordHeaderNames.SchemaVersion), TextOf(result.Message.Headers, RecordHeaderNames.TraceParent));
        var appendedAt = result.Message.Timestamp.UnixTimestampMs * 1000;
        return new BufferedRecord(result.Topic, result.Partition.Value, result.Offset.Value, appendedAt, headers, result.Message.Value ?? []);
    }

    private static string? TextOf(Headers headers, string name) =>
        headers.TryGetLastBytes(name, out var bytes) ? System.Text.Encoding.ASCII.GetString(bytes) : null;
}
