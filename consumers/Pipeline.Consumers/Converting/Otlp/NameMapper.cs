using Pipeline.Schemas;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>The name of an observation.</summary>
internal static class NameMapper
{
    internal static Utf8Text Map(OtlpSpan span)
    {
        var attributes = span.Attributes;
        if (attributes.TryText(
            span.Context,
            [KnownAttribute.GenAiToolName, KnownAttribute.GenkitName, KnownAttribute.LogfireMsg, KnownAttribute.AiToolCallName],
            out var name))
        {
            return name;
        }

        if (!attributes.TryText(span.Context, KnownAttribute.AiOperationId, out var operation))
        {
            return span.Name;
        }

        return attributes.TryText(span.Context, KnownAttribute.AiTelemetryFunctionId, out var function)
            ? Joined(span.Context, function, operation)
            : operation;
    }

    private static Utf8Text Joined(ConversionContext context, in Utf8Text function, in Utf8Text operation)
    {
        var joined = context.Arena.Take(function.Length + 1 + operation.Length);
        function.Span.CopyTo(joined.Span);
        joined.Span[function.Length] = (byte)':';
        operation.Span.CopyTo(joined.Span[(function.Length + 1)..]);
        return new Utf8Text(joined);
    }
}
