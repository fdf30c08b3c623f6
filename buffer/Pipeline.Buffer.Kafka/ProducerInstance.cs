using Confluent.Kafka;

namespace Pipeline.Buffer.Kafka;

/// <summary>One producer of the client and its own word on whether it can go on: a late error of a replaced one must not condemn the next.</summary>
internal sealed class ProducerInstance : IDisposable
{
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(5);

    private readonly IProducer<byte[], byte[]> _producer;
    private volatile bool _isFatal;

    internal ProducerInstance(Func<Action<Error>, IProducer<byte[], byte[]>> build) => _producer = build(Note);

    /// <summary>Whether it can only be replaced.</summary>
    internal bool IsFatal => _isFatal;

    /// <summary>Hands a message to the client's queue; null when it took it, and then the report follows.</summary>
    internal AppendResult? TryProduce(TopicPartition target, Message<byte[], byte[]> message, Action<DeliveryReport<byte[], byte[]>> report)
    {
        try
        {
            _producer.Produce(target, message, report);
            return null;
        }
        catch (KafkaException refused)
        {
            Note(refused.Error);
            return ProducerErrorRule.ResultOf(refused.Error, target.Partition.Value);
        }
        catch (ObjectDisposedException)
        {
            return AppendResult.Failed(AppendOutcome.Unavailable, target.Partition.Value, "the producer was replaced or the log is closed");
        }
    }

    /// <summary>Collects the reports of what it holds, within a bound, and ends it.</summary>
    public void Dispose()
    {
        try
        {
            _producer.Flush(FlushTimeout);
        }
        catch (KafkaException)
        {
            // Nothing more comes of a failed one; its callers have deadlines of their own.
        }

        _producer.Dispose();
    }

    private void Note(Error error)
    {
        if (error.IsFatal || error.Code == ErrorCode.Local_Fatal)
        {
            _isFatal = true;
        }
    }
}
