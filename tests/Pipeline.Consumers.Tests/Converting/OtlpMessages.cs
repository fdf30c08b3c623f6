using System.Globalization;
using Pipeline.Schemas.Records;

namespace Pipeline.Consumers.Tests.Converting;

/// <summary>Builds OTLP messages for tests.</summary>
internal static class OtlpMessages
{
    internal const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    internal const string SpanId = "b7ad6b7169203331";
    internal const string ParentId = "00f067aa0ba902b7";
    internal const ulong Start = 1_795_255_200_123_456_789;
    internal const ulong End = Start + 2_000_000_000;

    internal static ProtoMessage Value(object? value) => value switch
    {
        null => new ProtoMessage(),
        string text => new ProtoMessage().Text(1, text),
        bool flag => new ProtoMessage().Number(2, flag ? 1UL : 0UL),
        int number => new ProtoMessage().Number(3, (ulong)(long)number),
        long number => new ProtoMessage().Number(3, (ulong)number),
        double number => new ProtoMessage().Fixed64(4, BitConverter.DoubleToUInt64Bits(number)),
        byte[] bytes => new ProtoMessage().Bytes(7, bytes),
        IReadOnlyDictionary<string, object?> map => new ProtoMessage().Message(6, Pairs(new ProtoMessage(), 1, map)),
        IEnumerable<object?> list => new ProtoMessage().Message(5, list.Aggregate(new ProtoMessage(), (all, one) => all.Message(1, Value(one)))),
        _ => throw new ArgumentException(value.GetType().Name, nameof(value)),
    };

    internal static ProtoMessage Pairs(ProtoMessage message, int field, IEnumerable<KeyValuePair<string, object?>> pairs) =>
        pairs.Aggregate(message, (all, pair) => all.Message(field, new ProtoMessage().Text(1, pair.Key).Message(2, Value(pair.Value))));

    internal static ProtoMessage Span(
        IReadOnlyDictionary<string, object?>? attributes = null,
        string? parent = null,
        string name = "span name",
        string spanId = SpanId,
        ulong start = Start,
        ulong end = End,
        int status = 0,
        string? message = null,
        params ProtoMessage[] events)
    {
        var span = new ProtoMessage().Bytes(1, Convert.FromHexString(TraceId)).Bytes(2, Convert.FromHexString(spanId));
        if (parent is not null)
        {
            span.Bytes(4, Convert.FromHexString(parent));
        }

        span.Text(5, name).Fixed64(7, start).Fixed64(8, end);
        Pairs(span, 9, attributes ?? new Dictionary<string, object?>());
        foreach (var one in events)
        {
            span.Message(11, one);
        }

        var state = new ProtoMessage().Number(3, (ulong)status);
        return span.Message(15, message is null ? state : state.Text(2, message));
    }

    internal static ProtoMessage Event(string name, IReadOnlyDictionary<string, object?> attributes) =>
        Pairs(new ProtoMessage().Text(2, name), 3, attributes);

    internal static BufferRecord Record(
        IReadOnlyList<ProtoMessage> spans,
        string scope = "my.app",
        string version = "1.0",
        IReadOnlyDictionary<string, object?>? resource = null)
    {
        var scopeSpans = new ProtoMessage().Message(1, new ProtoMessage().Text(1, scope).Text(2, version));
        foreach (var span in spans)
        {
            scopeSpans.Message(2, span);
        }

        var resourceSpans = new ProtoMessage()
            .Message(1, Pairs(new ProtoMessage(), 1, resource ?? new Dictionary<string, object?>()))
            .Message(2, scopeSpans);
        return Records.Of(PayloadKind.OtlpSpans, new ProtoMessage().Message(1, resourceSpans).ToArray(), spans.Count);
    }

    /// <summary>One root span of a scope with these attributes, converted.</summary>
    internal static ListSink Root(string scope, params (string Key, object? Value)[] attributes) =>
        Records.Convert(Record([Span(attributes.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal))], scope));

    internal static string Hex(ulong id) => id.ToString("x16", CultureInfo.InvariantCulture);
}
