namespace Pipeline.Buffer.Kafka;

/// <summary>How Kafka is used; section <c>Kafka</c>.</summary>
public sealed class KafkaBufferOptions
{
    /// <summary>Brokers, comma separated.</summary>
    public string BootstrapServers { get; set; } = "";

    /// <summary>Topic.</summary>
    public string Topic { get; set; } = Schemas.TopicNames.Ingest;

    /// <summary>How long the client keeps trying to deliver a record before it gives up; the caller's own deadline may be shorter.</summary>
    /// <value>5 s: with brokers away the local queue empties within that time, and memory stays bounded.</value>
    public TimeSpan DeliveryTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the client waits for more records before it sends a batch.</summary>
    /// <value>5 ms: a record already holds a request's events, so waiting longer gains little.</value>
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Bytes of records waiting in this process; above it an append is Busy.</summary>
    /// <value>64 MiB.</value>
    public int MaxQueuedBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Largest record; the topic's max.message.bytes must not be smaller.</summary>
    /// <value>8 MiB.</value>
    public int MaxMessageBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>How long a silent member keeps its partitions.</summary>
    /// <value>45 s, Kafka's default: a paused or throttled process is not thrown out. A static member that restarts does not wait for it.</value>
    public TimeSpan SessionTimeout { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>Any librdkafka property for all clients, for example <c>security.protocol</c> or <c>sasl.mechanism</c>.</summary>
    public Dictionary<string, string> Common { get; set; } = [];

    /// <summary>Any librdkafka property for the producer.</summary>
    public Dictionary<string, string> Producer { get; set; } = [];

    /// <summary>Any librdkafka property for consumers.</summary>
    public Dictionary<string, string> Consumer { get; set; } = [];
}
