using System.Runtime.CompilerServices;
using Confluent.Kafka;
using Pipeline.Schemas.Records;

namespace Pipeline.Buffer.Kafka;

/// <summary>The log on Apache Kafka.</summary>
public sealed class KafkaEventLog : IEventLog, IEventLogAdmin, IEventLogExpiry, IEventLogTroubles
{
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(5);

    // Of each partition, when only its next record is wanted; the client asks for more by itself where that one is larger.
    private const int FirstRecordBytes = 64 * 1024;

    private readonly KafkaBufferOptions _options;
    private readonly TimeProvider _clock;
    private readonly Lazy<KafkaAppender> _appender;
    private readonly Lazy<IAdminClient> _admin;
    private int _partitionCount;
    private volatile Action<string, string> _reportTrouble = (_, _) => { };
    private volatile Action<string, OffsetJump> _reportJump = (_, _) => { };

    /// <summary>Creates the log; nothing is sent yet.</summary>
    /// <exception cref="KafkaConfigurationException">The native library is missing, or properties are wrong; all are named.</exception>
    public KafkaEventLog(KafkaBufferOptions options, TimeProvider clock)
    {
        KafkaLibrary.EnsureLoaded();
        KafkaProperties.ThrowIfInvalid(options);
        _options = options;
        _clock = clock;
        _appender = new Lazy<KafkaAppender>(() => new KafkaAppender(options, clock));
        _admin = new Lazy<IAdminClient>(() => new AdminClientBuilder(KafkaProperties.ForAdmin(options)).SetLogHandler((_, _) => { }).Build());
    }

    /// <summary>Whether the native client can be loaded.</summary>
    public static bool IsAvailable => KafkaLibrary.IsAvailable;

    /// <inheritdoc />
    public string Topic => _options.Topic;

    /// <inheritdoc />
    public int PartitionCount => _partitionCount > 0 ? _partitionCount : throw new InvalidOperationException("the log is not open");

    /// <inheritdoc />
    public async ValueTask OpenAsync(CancellationToken cancellationToken) =>
        _partitionCount = (await Task.Run(() => KafkaTopics.Describe(_admin.Value, Topic, AskTimeout), cancellationToken)).Partitions.Count;

    /// <inheritdoc />
    public ValueTask<AppendResult> AppendAsync(int partition, string key, RecordHeaders headers, byte[] value, CancellationToken cancellationToken) =>
        _appender.Value.AppendAsync(partition, key, headers, value, cancellationToken);

    /// <inheritdoc />
    public IEventLogReader Join(ReaderOptions options) => new KafkaLogReader(
        _options, options, _clock, reason => _reportTrouble(options.MemberId, reason), jump => _reportJump(options.MemberId, jump));

    /// <inheritdoc />
    public void ReportTroublesTo(Action<string, string> report) => _reportTrouble = report;

    /// <inheritdoc />
    public void ReportJumpsTo(Action<string, OffsetJump> report) => _reportJump = report;

    /// <inheritdoc />
    public async ValueTask<RecordLifetime> ReadLifetimeAsync(CancellationToken cancellationToken) =>
        await KafkaExpiry.ReadLifetimeAsync(_admin.Value, Topic, AskTimeout).WaitAsync(cancellationToken);

    /// <inheritdoc />
    public async ValueTask<IReadOnlyDictionary<int, DateTimeOffset>> ReadAppendTimesAsync(IReadOnlyCollection<PartitionOffset> offsets, CancellationToken cancellationToken)
    {
        using var consumer = BuildAsking("pipeline.expiry", FirstRecordBytes);
        return await Task.Run(() => OrUnavailable(() => KafkaExpiry.ReadAppendTimes(consumer, Topic, offsets, AskTimeout, _clock)), cancellationToken);
    }

    /// <inheritdoc />
    public async ValueTask<IReadOnlyList<PartitionPosition>> ReadPositionsAsync(string group, CancellationToken cancellationToken) =>
        await Task.Run(() => ReadPositions(group), cancellationToken);

    /// <inheritdoc />
    public async IAsyncEnumerable<BufferedRecord> ReadRangeAsync(
        int partition,
        long fromOffset,
        long toOffset,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var consumer = BuildAsking("pipeline.range");

        // Within what the log holds: beyond its end nothing ever comes, and outside of it the client would start over at the beginning.
        var marks = await Task.Run(() => OrUnavailable(() => consumer.QueryWatermarkOffsets(new TopicPartition(Topic, partition), AskTimeout)), cancellationToken);
        var next = Math.Max(fromOffset, marks.Low.Value);
        toOffset = Math.Min(toOffset, marks.High.Value);
        consumer.Assign(new TopicPartitionOffset(Topic, partition, next));
        while (next < toOffset)
        {
            var result = await Task.Run(() => OrUnavailable(() => consumer.Consume(AskTimeout)), cancellationToken)
                ?? throw new EventLogUnavailableException($"Kafka did not send {Topic}/{partition} from offset {next} within {AskTimeout.TotalSeconds:0} s");
            if (result.Offset.Value >= toOffset)
            {
                yield break;
            }

            next = result.Offset.Value + 1;
            yield return KafkaLogReader.RecordOf(result);
        }
    }

    /// <inheritdoc />
    public async ValueTask<bool> IsReachableAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(() => KafkaTopics.TakesAppendsAsync(_admin.Value, Topic, AskTimeout), cancellationToken);
        }
        catch (EventLogUnavailableException)
        {
            return false;
        }
    }

    /// <inheritdoc />
    public ValueTask<bool> EnsureTopicAsync(TopicSpec spec, CancellationToken cancellationToken) => KafkaTopics.EnsureAsync(_admin.Value, spec, _clock, cancellationToken);

    /// <inheritdoc />
    public ValueTask<IReadOnlyList<TopicFinding>> CheckTopicAsync(TopicSpec spec, CancellationToken cancellationToken) =>
        KafkaTopics.CheckAsync(_admin.Value, spec, _options.MaxMessageBytes, AskTimeout);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_appender.IsValueCreated)
        {
            await _appender.Value.DisposeAsync();
        }

        if (_admin.IsValueCreated)
        {
            _admin.Value.Dispose();
        }
    }

    private List<PartitionPosition> ReadPositions(string group)
    {
        using var consumer = BuildAsking(group);
        var partitions = Enumerable.Range(0, PartitionCount).Select(partition => new TopicPartition(Topic, partition)).ToList();
        var committed = OrUnavailable(() => consumer.Committed(partitions, AskTimeout)).ToDictionary(offset => offset.Partition.Value, offset => offset.Offset);
        return
        [
            .. partitions.Select(partition =>
            {
                var marks = OrUnavailable(() => consumer.QueryWatermarkOffsets(partition, AskTimeout));
                var offset = committed[partition.Partition.Value];
                return new PartitionPosition(partition.Partition.Value, marks.Low.Value, marks.High.Value, offset == Offset.Unset ? null : offset.Value);
            }),
        ];
    }

    private static T OrUnavailable<T>(Func<T> ask)
    {
        try
        {
            return ask();
        }
        catch (KafkaException unreachable)
        {
            throw new EventLogUnavailableException($"Kafka does not answer: {unreachable.Error.Reason}", unreachable);
        }
    }

    // Never subscribes, so it asks about the group without being a member of it.
    private IConsumer<byte[], byte[]> BuildAsking(string group, int? fetchBytes = null)
    {
        var properties = KafkaProperties.ForAsking(_options, group, fetchBytes);
        return new ConsumerBuilder<byte[], byte[]>(properties).SetLogHandler((_, _) => { }).Build();
    }
}
