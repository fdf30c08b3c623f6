using Google.Protobuf;

namespace Pipeline.Testing.Otlp;

/// <summary>Builds OTLP messages with Protobuf's own code.</summary>
public static class TestTraces
{
    /// <summary>A span whose ids are made of two numbers.</summary>
    public static Span Span(int trace, int span, int padding = 0)
    {
        var made = new Span { TraceId = TraceId(trace), SpanId = ByteString.CopyFrom(Bytes(8, span)), Name = $"span-{span}", StartTimeUnixNano = 1, EndTimeUnixNano = 2 };
        made.Attributes.Add(new KeyValue { Key = "padding", Value = new AnyValue { StringValue = new string('x', padding) } });
        return made;
    }

    /// <summary>The 16 bytes of a trace's number.</summary>
    public static ByteString TraceId(int trace) => ByteString.CopyFrom(Bytes(16, trace));

    /// <summary>One scope of one resource with these spans.</summary>
    public static TracesData Of(params Span[] spans)
    {
        var scope = new ScopeSpans { Scope = new InstrumentationScope { Name = "scope", Version = "1" }, SchemaUrl = "scope-schema" };
        scope.Spans.Add(spans);
        var resource = new ResourceSpans { Resource = new Resource(), SchemaUrl = "resource-schema" };
        resource.Resource.Attributes.Add(new KeyValue { Key = "service.name", Value = new AnyValue { StringValue = "test" } });
        resource.ScopeSpans.Add(scope);
        return new TracesData { ResourceSpans = { resource } };
    }

    /// <summary>Every span with all that stands around it, as text, in a fixed order: two messages with the same lines say the same.</summary>
    public static IReadOnlyList<string> Describe(IEnumerable<TracesData> messages) =>
    [
        .. from message in messages
           from resource in message.ResourceSpans
           from scope in resource.ScopeSpans
           from span in scope.Spans
           let line = $"{resource.Resource} {resource.SchemaUrl} {scope.Scope} {scope.SchemaUrl} {span}"
           orderby line
           select line,
    ];

    private static byte[] Bytes(int length, int number)
    {
        var bytes = new byte[length];
        BitConverter.TryWriteBytes(bytes, number);
        return bytes;
    }
}
