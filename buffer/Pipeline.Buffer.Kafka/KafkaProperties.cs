using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Pipeline.Buffer.Kafka;

/// <summary>Makes client configurations: what the promise depends on is ours, everything else may be set by the operator.</summary>
internal static unsafe class KafkaProperties
{
    private const int Unknown = -2;
    private const int Accepted = 0;
    private const int ProducerType = 0;
    private const int ConsumerType = 1;
    private const int MaxReasonBytes = 512;

    // Changing any of these would break "a 2xx is never lost" or "committed after the sink".
    private static readonly HashSet<string> Owned = new(StringComparer.Ordinal)
    {
        "acks", "request.required.acks", "enable.idempotence", "enable.auto.commit", "auto.commit.enable", "enable.auto.offset.store", "auto.offset.reset",
        "transactional.id", "group.id", "group.instance.id", "bootstrap.servers", "metadata.broker.list", "partition.assignment.strategy",
        "message.max.bytes", "enable.partition.eof",
    };

    /// <summary>The producer's properties.</summary>
    internal static Dictionary<string, string> ForProducer(KafkaBufferOptions options) => Merge(options, options.Producer, new()
    {
        ["acks"] = "all",
        ["enable.idempotence"] = "true",
        ["compression.type"] = "lz4",
        ["linger.ms"] = Milliseconds(options.Linger),
        ["message.timeout.ms"] = Milliseconds(options.DeliveryTimeout),
        ["message.max.bytes"] = Number(options.MaxMessageBytes),
        ["queue.buffering.max.kbytes"] = Number(options.MaxQueuedBytes / 1024),
        ["queue.buffering.max.messages"] = "100000",
        ["socket.keepalive.enable"] = "true",
    });

    /// <summary>A group member's properties.</summary>
    internal static Dictionary<string, string> ForConsumer(KafkaBufferOptions options, ReaderOptions reader)
    {
        var ours = new Dictionary<string, string>
        {
            ["group.id"] = reader.Group,
            ["client.id"] = reader.MemberId,
            ["enable.auto.commit"] = "false",
            ["enable.auto.offset.store"] = "false",

            // Neither the end, which would lose acknowledged records without a word, nor the beginning, where nobody says what expired:
            // the reader decides and reports (OffsetMender).
            ["auto.offset.reset"] = "error",
            ["partition.assignment.strategy"] = "cooperative-sticky",
            ["session.timeout.ms"] = Milliseconds(options.SessionTimeout),
            ["fetch.message.max.bytes"] = Number(options.MaxMessageBytes),

            // The client's own prefetch is native memory beside ours; a quarter keeps the sum near MaxBufferedBytes.
            ["queued.max.messages.kbytes"] = Number(Math.Max(1024, reader.MaxBufferedBytes / 4 / 1024)),
            ["allow.auto.create.topics"] = "false",
            ["socket.keepalive.enable"] = "true",
        };
        if (reader.IsStaticMember)
        {
            ours["group.instance.id"] = reader.MemberId;
        }

        return Merge(options, options.Consumer, ours);
    }

    /// <summary>Properties of consumers that read outside of a group.</summary>
    internal static Dictionary<string, string> ForAsking(KafkaBufferOptions options, string group, int? fetchBytes)
    {
        var properties = ForConsumer(options, new ReaderOptions(group, "pipeline-ask"));
        properties["auto.offset.reset"] = "earliest";
        if (fetchBytes is { } bytes)
        {
            properties["fetch.message.max.bytes"] = Number(bytes);
        }

        return properties;
    }

    /// <summary>Properties of clients that only ask about the cluster.</summary>
    internal static Dictionary<string, string> ForAdmin(KafkaBufferOptions options) => Merge(options, [], []);

    /// <summary>Checks everything the operator set, and reports all mistakes at once.</summary>
    /// <exception cref="KafkaConfigurationException">A property is unknown to the loaded library, has a bad value, or is ours.</exception>
    internal static void ThrowIfInvalid(KafkaBufferOptions options)
    {
        var problems = new List<string>();
        if (string.IsNullOrWhiteSpace(options.BootstrapServers))
        {
            problems.Add("Kafka:BootstrapServers (KAFKA_BOOTSTRAP_SERVERS) is empty");
        }

        KafkaOptionsRule.Check(options, problems);
        Check("Kafka:Common", options.Common, problems);
        Check("Kafka:Producer", options.Producer, problems);
        Check("Kafka:Consumer", options.Consumer, problems);
        if (problems.Count == 0)
        {
            // Only a client that is built tells whether the properties fit together, for example a SASL mechanism without its secret.
            CheckTogether("Kafka producer", ProducerType, ForProducer(options), problems);
            CheckTogether("Kafka consumer", ConsumerType, ForConsumer(options, new ReaderOptions("check", "check")), problems);
        }

        if (problems.Count > 0)
        {
            throw new KafkaConfigurationException(string.Join("; ", problems));
        }
    }

    private static Dictionary<string, string> Merge(KafkaBufferOptions options, Dictionary<string, string> special, Dictionary<string, string> ours)
    {
        var merged = new Dictionary<string, string>(ours, StringComparer.Ordinal) { ["bootstrap.servers"] = options.BootstrapServers };
        foreach (var (name, value) in options.Common.Concat(special))
        {
            merged[name] = value;
        }

        return merged;
    }

    private static void Check(string section, Dictionary<string, string> properties, List<string> problems)
    {
        var create = (delegate* unmanaged<nint>)KafkaLibrary.Export("rd_kafka_conf_new");
        var set = (delegate* unmanaged<nint, byte*, byte*, byte*, nuint, int>)KafkaLibrary.Export("rd_kafka_conf_set");
        var destroy = (delegate* unmanaged<nint, void>)KafkaLibrary.Export("rd_kafka_conf_destroy");
        var configuration = create();
        var error = stackalloc byte[MaxReasonBytes];
        foreach (var (name, value) in properties)
        {
            if (Owned.Contains(name))
            {
                problems.Add($"{section}:{name} is set by the pipeline, its promise depends on it");
                continue;
            }

            fixed (byte* nameBytes = Encoding.UTF8.GetBytes(name + '\0'))
            fixed (byte* valueBytes = Encoding.UTF8.GetBytes(value + '\0'))
            {
                var result = set(configuration, nameBytes, valueBytes, error, MaxReasonBytes);
                if (result != Accepted)
                {
                    var reason = Marshal.PtrToStringUTF8((nint)error);
                    problems.Add(result == Unknown ? $"{section}:{name} is unknown to the loaded librdkafka" : $"{section}:{name}: {reason}");
                }
            }
        }

        destroy(configuration);
    }

    // Builds a client without brokers and ends it: nothing is sent.
    private static void CheckTogether(string client, int type, Dictionary<string, string> properties, List<string> problems)
    {
        var set = (delegate* unmanaged<nint, byte*, byte*, byte*, nuint, int>)KafkaLibrary.Export("rd_kafka_conf_set");
        var build = (delegate* unmanaged<int, nint, byte*, nuint, nint>)KafkaLibrary.Export("rd_kafka_new");
        var configuration = ((delegate* unmanaged<nint>)KafkaLibrary.Export("rd_kafka_conf_new"))();
        var error = stackalloc byte[MaxReasonBytes];
        foreach (var (name, value) in properties.Where(property => property.Key != "bootstrap.servers").Append(new("log_level", "0")))
        {
            fixed (byte* nameBytes = Encoding.UTF8.GetBytes(name + '\0'))
            fixed (byte* valueBytes = Encoding.UTF8.GetBytes(value + '\0'))
            {
                if (set(configuration, nameBytes, valueBytes, error, MaxReasonBytes) != Accepted)
                {
                    problems.Add($"{client}: {name}: {Marshal.PtrToStringUTF8((nint)error)}");
                }
            }
        }

        var built = build(type, configuration, error, MaxReasonBytes);
        if (built == 0)
        {
            problems.Add($"{client}: {Marshal.PtrToStringUTF8((nint)error)}");
            ((delegate* unmanaged<nint, void>)KafkaLibrary.Export("rd_kafka_conf_destroy"))(configuration);
        }
        else
        {
            ((delegate* unmanaged<nint, void>)KafkaLibrary.Export("rd_kafka_destroy"))(built);
        }
    }

    private static string Milliseconds(TimeSpan time) => Number((long)time.TotalMilliseconds);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
