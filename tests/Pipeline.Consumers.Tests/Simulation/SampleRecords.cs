using System.Globalization;
using Pipeline.Consumers.Tests.Converting;
using Pipeline.Schemas;
using Pipeline.Schemas.Records;

namespace Pipeline.Consumers.Tests.Simulation;

/// <summary>Makes records of a few entities that are created and updated again and again.</summary>
internal sealed class SampleRecords(Random random, TimeProvider clock)
{
    private static readonly string[] Types = ["trace-create", "span-create", "span-update", "generation-create", "score-create"];

    private long _sequence;

    /// <summary>A record with so many events.</summary>
    internal BufferRecord Events(int count)
    {
        var events = new LangfuseEvent[count];
        for (var i = 0; i < count; i++)
        {
            events[i] = Event();
        }

        return Stamped(Records.Rest(events));
    }

    /// <summary>A gateway's report; its totals grow with its sequence.</summary>
    internal BufferRecord Accounts()
    {
        var sequence = ++_sequence;
        var payload = GatewayAccountsCodec.Encode(new GatewayAccounts("gateway-1", sequence, [new GatewayAccount($"project-{sequence}", 60_000_000, sequence * 10)]));
        return Stamped(Records.Of(PayloadKind.GatewayAccounts, payload, 0));
    }

    /// <summary>A record in which some events are poison.</summary>
    internal BufferRecord Poisoned(int count) =>
        Stamped(Records.Rest([.. Enumerable.Range(0, count).Select(_ => random.Next(3) == 0 ? Poison.Event(random.Next()) : Event())]));

    /// <summary>Bytes that are no record.</summary>
    internal byte[] Garbage()
    {
        var bytes = new byte[random.Next(1, 60)];
        random.NextBytes(bytes);

        // A first byte of wire type 7 is no Protobuf of any version.
        bytes[0] = 0xFF;
        return bytes;
    }

    private LangfuseEvent Event()
    {
        var type = Types[random.Next(Types.Length)];
        var trace = random.Next(4);
        var body = type switch
        {
            "trace-create" => $$"""{"id":"t{{trace}}","metadata":{"k{{random.Next(3)}}":{{random.Next(9)}}},"name":"n{{random.Next(5)}}","tags":["a{{random.Next(3)}}"]}""",
            "score-create" => $$"""{"id":"s{{random.Next(4)}}","traceId":"t{{trace}}","name":"quality","value":{{random.Next(5)}}}""",
            _ => $$"""{"id":"o{{random.Next(8)}}","traceId":"t{{trace}}","name":"n{{random.Next(5)}}","input":"{{random.Next(100)}}"}""",
        };
        var id = random.Next().ToString("x8", CultureInfo.InvariantCulture);
        return Records.Event(type, body, $"2026-11-21T10:00:{random.Next(10, 60).ToString(CultureInfo.InvariantCulture)}Z", id);
    }

    private BufferRecord Stamped(BufferRecord record)
    {
        var id = new byte[16];
        random.NextBytes(id);
        return record with { RecordId = new Guid(id), ReceivedAtMicros = UnixMicros.Now(clock) };
    }
}
