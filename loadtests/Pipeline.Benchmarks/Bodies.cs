using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Pipeline.Schemas.Wire;

namespace Pipeline.Benchmarks;

/// <summary>The request bodies of the benchmarks: OTLP with 50 spans of about 1.4 kB in 5 traces, and REST batches of 15 events of about 1.2 kB.</summary>
internal static class Bodies
{
    internal const int SpansPerBody = 50;
    internal const int EventsPerBody = 15;
    private const int TracesPerBody = 5;
    private const ulong StartNanos = 1_795_168_800_000_000_000;

    /// <summary>One OTLP body; bodies of different seeds have no id in common.</summary>
    internal static byte[] Otlp(int seed)
    {
        var random = new Random(seed);
        var scopeSpans = new List<byte>();
        for (var span = 0; span < SpansPerBody; span++)
        {
            scopeSpans.AddRange(Message(2, Span(random, seed, span)));
        }

        byte[] resource = Message(1, [.. Attribute(1, "service.name", "bench"), .. Attribute(1, "deployment.environment.name", "production")]);
        byte[] scope = Message(1, [.. Text(1, "bench-instrumentation"), .. Text(2, "1.0.0")]);
        return Message(1, [.. resource, .. Message(2, [.. scope, .. scopeSpans])]);
    }

    /// <summary>One REST body.</summary>
    internal static byte[] Rest(int seed)
    {
        var text = new string('x', 850);
        var batch = new StringBuilder("""{"batch":[""");
        for (var i = 0; i < EventsPerBody; i++)
        {
            batch.Append(i == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $$$$"""
                {"id":"e-{{{{seed}}}}-{{{{i}}}}","type":"generation-create","timestamp":"2026-11-20T10:00:00.000Z","body":{"id":"g-{{{{seed}}}}-{{{{i}}}}","traceId":"t-{{{{seed}}}}-{{{{i % 3}}}}","name":"answer","startTime":"2026-11-20T10:00:00.000Z","endTime":"2026-11-20T10:00:01.000Z","model":"gpt-4o","input":[{"role":"user","content":"{{{{text}}}}"}],"output":"short","usageDetails":{"input":128,"output":42},"metadata":{"tenant":"acme"}}}
                """);
        }

        return Encoding.UTF8.GetBytes(batch.Append("]}").ToString());
    }

    private static byte[] Span(Random random, int seed, int span)
    {
        var traceId = new byte[16];
        BinaryPrimitives.WriteInt32BigEndian(traceId, seed + 1);
        BinaryPrimitives.WriteInt32BigEndian(traceId.AsSpan(12), (span % TracesPerBody) + 1);
        var spanId = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(spanId, seed + 1);
        BinaryPrimitives.WriteInt32BigEndian(spanId.AsSpan(4), span + 1);
        List<byte> bytes = [.. Bytes(1, traceId), .. Bytes(2, spanId)];
        if (span >= TracesPerBody)
        {
            var parent = spanId.ToArray();
            BinaryPrimitives.WriteInt32BigEndian(parent.AsSpan(4), (span % TracesPerBody) + 1);
            bytes.AddRange(Bytes(4, parent));
        }

        bytes.AddRange([.. Text(5, "chat gpt-4o"), .. Fixed64(7, StartNanos + ((ulong)span * 1_000_000)), .. Fixed64(8, StartNanos + ((ulong)span * 1_000_000) + 900_000_000)]);
        foreach (var (key, value) in new[]
        {
            ("gen_ai.operation.name", "chat"), ("gen_ai.system", "openai"), ("gen_ai.request.model", "gpt-4o"), ("gen_ai.response.model", "gpt-4o-2024-08-06"),
            ("user.id", "user-7"), ("session.id", "session-3"), ("langfuse.observation.input", Words(random, 400)), ("langfuse.observation.output", Words(random, 350)),
            ("http.route", "/v1/chat"), ("app.tenant", "acme"), ("app.region", "eu-central-1"), ("app.version", "1.42.0"), ("app.request", Words(random, 32)), ("thread.name", "worker-3"),
        })
        {
            bytes.AddRange(Attribute(9, key, value));
        }

        foreach (var (key, value) in new[] { ("gen_ai.usage.input_tokens", 128UL), ("gen_ai.usage.output_tokens", 42UL), ("app.attempt", 1UL), ("thread.id", 17UL) })
        {
            bytes.AddRange(Message(9, [.. Text(1, key), .. Message(2, Varint(3, value))]));
        }

        return [.. bytes];
    }

    // Text that compresses about as prompts do: words out of a small vocabulary.
    private static string Words(Random random, int length)
    {
        var text = new StringBuilder();
        while (text.Length < length)
        {
            text.Append(CultureInfo.InvariantCulture, $"w{random.Next(4000)} ");
        }

        return text.ToString(0, length);
    }

    private static byte[] Attribute(int field, string key, string value) => Message(field, [.. Text(1, key), .. Message(2, Text(1, value))]);

    private static byte[] Text(int field, string text) => Bytes(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Bytes(int field, byte[] value) => Message(field, value);

    private static byte[] Message(int field, byte[] inner)
    {
        var bytes = new byte[ProtoWriter.SizeOfMessage(field, inner.Length)];
        var writer = new ProtoWriter(bytes);
        writer.WriteMessageHeader(field, inner.Length);
        writer.WriteRaw(inner);
        return bytes;
    }

    private static byte[] Varint(int field, ulong value)
    {
        var bytes = new byte[ProtoWriter.SizeOfNumber(field, value)];
        new ProtoWriter(bytes).WriteNumber(field, value);
        return bytes;
    }

    private static byte[] Fixed64(int field, ulong value)
    {
        var bytes = new byte[9];
        new ProtoWriter(bytes).WriteFixed64(field, value);
        return bytes;
    }
}
