using System.Text;
using Confluent.Kafka;
using Pipeline.Schemas.Records;

namespace Pipeline.Buffer.Kafka;

/// <summary>The producer: acks from all in-sync replicas, idempotent, LZ4.</summary>
/// <remarks>
/// Thread-safe. The client's queue is bounded; a full one is Busy. A record that is not confirmed in time is Unavailable and may still
/// arrive. After a fatal error, which only an idempotent producer has, the instance is replaced and what it held is answered Unavailable.
/// </remarks>
internal sealed class KafkaAppender : IAsyncDisposable
{
    // A cluster that fails every new instance at once must not make us build them as fast as appends come.
    private static readonly TimeSpan RebuildInterval = TimeSpan.FromSeconds(1);

    private readonly Func<Action<Error>, IProducer<byte[], byte[]>> _build;
    private readonly string _topic;
    private readonly int _maxMessageBytes;
    private readonly TimeProvider _clock;

    // Guards the replacement; held while an instance is built, which sends nothing.
    private readonly Lock _lock = new();
    private volatile ProducerInstance? _instance;
    private volatile string _whyNone = "";
    private Task _retirements = Task.CompletedTask;
    private long _builtAt = long.MinValue;
    private bool _isDisposed;

    internal KafkaAppender(KafkaBufferOptions options, TimeProvider clock)
        : this(options, clock, BuilderOf(options))
    {
    }

    internal KafkaAppender(KafkaBufferOptions options, TimeProvider clock, Func<Action<Error>, IProducer<byte[], byte[]>> build)
    {
        _build = build;
        _topic = options.Topic;
        _maxMessageBytes = options.MaxMessageBytes;
        _clock = clock;
    }

    internal ValueTask<AppendResult> AppendAsync(int partition, string key, RecordHeaders headers, byte[] value, CancellationToken cancellationToken)
    {
        if (value.Length > _maxMessageBytes)
        {
            return ValueTask.FromResult(AppendResult.Failed(AppendOutcome.TooLarge, partition, $"{value.Length} bytes, MaxMessageBytes is {_maxMessageBytes}"));
        }

        if (Current() is not { } instance)
        {
            return ValueTask.FromResult(AppendResult.Failed(AppendOutcome.Unavailable, partition, _whyNone));
        }

        var done = new TaskCompletionSource<AppendResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var refused = instance.TryProduce(
            new TopicPartition(_topic, partition),
            new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(key), Value = value, Headers = HeadersOf(headers) },
            report => done.TrySetResult(ProducerErrorRule.ResultOf(report, partition)));
        return refused is { } result
            ? ValueTask.FromResult(result)
            : new ValueTask<AppendResult>(cancellationToken.CanBeCanceled ? done.Task.WaitAsync(cancellationToken) : done.Task);
    }

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (!_isDisposed && _instance is { } last)
            {
                Retire(last);
            }

            _isDisposed = true;
        }

        await _retirements;
    }

    private static Func<Action<Error>, IProducer<byte[], byte[]>> BuilderOf(KafkaBufferOptions options)
    {
        var properties = KafkaProperties.ForProducer(options);
        return note => new ProducerBuilder<byte[], byte[]>(properties).SetErrorHandler((_, error) => note(error)).SetLogHandler((_, _) => { }).Build();
    }

    private ProducerInstance? Current()
    {
        var current = _instance;
        if (current is { IsFatal: false })
        {
            return current;
        }

        lock (_lock)
        {
            if (!_isDisposed && _instance is not { IsFatal: false } && (_builtAt == long.MinValue || _clock.GetElapsedTime(_builtAt) >= RebuildInterval))
            {
                Replace();
            }

            return _instance;
        }
    }

    private void Replace()
    {
        _builtAt = _clock.GetTimestamp();
        ProducerInstance next;
        try
        {
            next = new ProducerInstance(_build);
        }
        catch (InvalidOperationException refused)
        {
            // The properties were tried at the start, so a file or another resource is missing now, and may come back.
            _whyNone = refused.Message;
            return;
        }

        var failed = _instance;
        _instance = next;
        if (failed is not null)
        {
            Retire(failed);
        }
    }

    // Waits for reports and for the client's threads; the caller's request must not.
    private void Retire(ProducerInstance instance) => _retirements = Task.WhenAll(_retirements, Task.Run(instance.Dispose));

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
}
