using System.Text;
using Confluent.Kafka;
using Pipeline.Schemas.Records;

namespace Pipeline.Buffer.Kafka;

/// <summary>The producer: acks from all in-sync replicas, idempotent, LZ4.</summary>
/// <remarks>
/// The client's queue is bounded; a full one is Busy. A record that is not confirmed in time is Unavailable and may still arrive. After a
/// fatal error, which only an idempotent producer has, the instance is replaced and what it held is answered Unavailable.
/// </remarks>
internal sealed class KafkaAppender : IDisposable
{
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, string> _properties;
    private readonly string _topic;
    private readonly int _maxMessageBytes;
    private readonly Lock _lock = new();
    private IProducer<byte[], byte[]> _producer;
    private volatile bool _isFatal;

    internal KafkaAppender(KafkaBufferOptions options)
    {
        _properties = KafkaProperties.ForProducer(options);
        _topic = options.Topic;
        _maxMessageBytes = options.MaxMessageBytes;
        _producer = Build();
    }

    internal ValueTask<AppendResult> AppendAsync(int partition, string key, RecordHeaders headers, byte[] value, CancellationToken cancellationToken)
    {
        if (value.Length > _maxMessageBytes)
        {
            return ValueTask.FromResult(AppendResult.Failed(AppendOutcome.TooLarge, partition, $"{value.Length} bytes, MaxMessageBytes is {_maxMessageBytes}"));
        }

        var done = new TaskCompletionSource<AppendResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            Current().Produce(
                new TopicPartition(_topic, partition),
                new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(key), Value = value, Headers = HeadersOf(headers) },
                report => done.TrySetResult(ResultOf(report, partition)));
        }
        catch (ProduceException<byte[], byte[]> refused)
        {
            return ValueTask.FromResult(AppendResult.Failed(OutcomeOf(refused.Error), partition, refused.Error.Reason));
        }

        return new ValueTask<AppendResult>(cancellationToken.CanBeCanceled ? done.Task.WaitAsync(cancellationToken) : done.Task);
    }

    public void Dispose()
    {
        _producer.Flush(FlushTimeout);
        _producer.Dispose();
    }

    private IProducer<byte[], byte[]> Build() => new ProducerBuilder<byte[], byte[]>(_properties)
        .SetErrorHandler((_, error) => _isFatal |= error.IsFatal)
        .SetLogHandler((_, _) => { })
        .Build();

    private IProducer<byte[], byte[]> Current()
    {
        if (!_isFatal)
        {
            return _producer;
        }

        lock (_lock)
        {
            if (_isFatal)
            {
                var failed = _producer;
                _producer = Build();
                _isFatal = false;

                // Disposing waits for the old instance's threads; the caller's request must not.
                _ = Task.Run(failed.Dispose);
            }

            return _producer;
        }
    }

    private static Headers HeadersOf(RecordHeaders headers)
    {
        var result = new Headers();
        if (headers.SchemaVersion is { } version)
        {
            result.Add(RecordHeaderNames.SchemaVersion, Encoding.ASCII.GetBytes(version));
        }

        if (headers.TraceParent is { } traceParent)
        {
            result.Add(RecordHeaderNames.TraceParent, Encoding.ASCII.GetBytes(traceParent));
        }

        return result;
    }

    private static AppendResult ResultOf(DeliveryReport<byte[], byte[]> report, int partition) => report.Error.IsError
        ? AppendResult.Failed(OutcomeOf(report.Error), partition, report.Error.Reason)
        : AppendResult.Appended(partition, report.Offset.Value);

    private static AppendOutcome OutcomeOf(Error error) => error.Code switch
    {
        ErrorCode.Local_QueueFull => AppendOutcome.Busy,
        ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge => AppendOutcome.TooLarge,
        _ => AppendOutcome.Unavailable,
    };
}
