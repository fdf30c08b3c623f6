using System.Reflection;
using Confluent.Kafka;

namespace Pipeline.Buffer.Kafka.Tests;

/// <summary>A producer without a client behind it: takes messages until a test says otherwise.</summary>
public class FakeProducer : DispatchProxy
{
    /// <summary>Every call, by name and in order.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>While set, a message is refused with it.</summary>
    public Exception? Refusal { get; set; }

    /// <summary>Tells the owner of an error, as the client's thread does.</summary>
    public Action<Error> Note { get; private set; } = _ => { };

    /// <summary>Makes one and the interface over it.</summary>
    public static (IProducer<byte[], byte[]> Producer, FakeProducer Fake) Create(Action<Error> note)
    {
        var producer = Create<IProducer<byte[], byte[]>, FakeProducer>();
        var fake = (FakeProducer)(object)producer;
        fake.Note = note;
        return (producer, fake);
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        lock (Calls)
        {
            Calls.Add(targetMethod!.Name);
        }

        switch (targetMethod.Name)
        {
            case "Produce" when Refusal is { } refusal:
                throw refusal;
            case "Produce":
                ((Action<DeliveryReport<byte[], byte[]>>)args![2]!)(new DeliveryReport<byte[], byte[]> { Error = new Error(ErrorCode.NoError, ""), Offset = 7 });
                return null;
            case "Flush":
                return 0;
            case "Dispose":
                return null;
            default:
                throw new NotSupportedException(targetMethod.Name);
        }
    }
}
