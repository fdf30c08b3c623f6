using Pipeline.Consumers.Converting.Text;
using Pipeline.Schemas;
using Pipeline.Schemas.Text;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>Input and output of a span: the first convention that it follows.</summary>
/// <remarks>The order is the contract's, rule by rule. Not thread-safe.</remarks>
internal sealed class InputOutputMapper(ConversionContext context)
{
    private readonly SpanEventContent _events = new(context);
    private readonly MessageTree _tree = new(context);

    internal InputOutput Map(OtlpSpan span)
    {
        var content = Pair(span, KnownAttribute.LangfuseObservationInput, KnownAttribute.LangfuseObservationOutput);
        if (!content.IsEmpty)
        {
            return content;
        }

        if (span.Scope.Is("genkit-tracer"u8) && !(content = Genkit(span)).IsEmpty)
        {
            return content;
        }

        if (span.Scope.Is("ai"u8) && !(content = VercelContent.Read(span)).IsEmpty)
        {
            return content;
        }

        if (span.Events.Count > 0 && !(content = _events.Read(span)).IsEmpty)
        {
            return content;
        }

        content = Frameworks(span);
        if (!content.IsEmpty)
        {
            return content;
        }

        if ((span.Attributes.Families & AttributeFamily.Messages) != AttributeFamily.None && !(content = _tree.Read(span)).IsEmpty)
        {
            return content;
        }

        content = Pair(span, KnownAttribute.GenAiPrompt, KnownAttribute.GenAiCompletion);
        return content.IsEmpty ? GenAiMessages.Read(context, span.Attributes) : content;
    }

    private InputOutput Frameworks(OtlpSpan span)
    {
        var content = Vertex(span);
        if (!content.IsEmpty)
        {
            return content;
        }

        content = Pair(span, KnownAttribute.Prompt, KnownAttribute.AllMessagesEvents);
        if (!content.IsEmpty)
        {
            return content;
        }

        content = new InputOutput(
            First(span, [KnownAttribute.LkInputText, KnownAttribute.LkUserTranscript, KnownAttribute.LkChatCtx]),
            First(span, [KnownAttribute.LkFunctionToolOutput, KnownAttribute.LkResponseText]));
        if (!content.IsEmpty)
        {
            return content;
        }

        content = LogfireEvents.Read(span);
        return content.IsEmpty ? Pairs(span) : content;
    }

    private InputOutput Pairs(OtlpSpan span)
    {
        ReadOnlySpan<(KnownAttribute Input, KnownAttribute Output)> pairs =
        [
            (KnownAttribute.MlflowSpanInputs, KnownAttribute.MlflowSpanOutputs),
            (KnownAttribute.TraceloopEntityInput, KnownAttribute.TraceloopEntityOutput),
            (KnownAttribute.InputValue, KnownAttribute.OutputValue),
            (KnownAttribute.Input, KnownAttribute.Output),
        ];
        foreach (var (input, output) in pairs)
        {
            if (span.Attributes.IsTruthy(input) || span.Attributes.IsTruthy(output))
            {
                return Pair(span, input, output);
            }
        }

        if (span.Scope.Is("pydantic-ai"u8))
        {
            var content = Pair(span, KnownAttribute.PydanticAiAllMessages, KnownAttribute.FinalResult);
            return content.IsEmpty ? Pair(span, KnownAttribute.ToolArguments, KnownAttribute.ToolResponse) : content;
        }

        return default;
    }

    private InputOutput Genkit(OtlpSpan span) => new(
        MemberOrWhole(span, KnownAttribute.GenkitInput, "messages"u8), MemberOrWhole(span, KnownAttribute.GenkitOutput, "message"u8));

    private Utf8Text MemberOrWhole(OtlpSpan span, KnownAttribute key, ReadOnlySpan<byte> member)
    {
        if (!span.Attributes.TryText(context, key, out var json))
        {
            return default;
        }

        return JsonMember.TryFind(context, json, member, out var value) && value.IsSet ? value.ToText(context.Arena) : json;
    }

    private InputOutput Vertex(OtlpSpan span) => new(
        UnlessEmptyObject(span, KnownAttribute.GcpVertexAgentLlmRequest, KnownAttribute.GcpVertexAgentToolCallArgs),
        UnlessEmptyObject(span, KnownAttribute.GcpVertexAgentLlmResponse, KnownAttribute.GcpVertexAgentToolResponse));

    private Utf8Text UnlessEmptyObject(OtlpSpan span, KnownAttribute key, KnownAttribute otherwise) =>
        span.Attributes.TryText(context, key, out var text) && !text.Span.SequenceEqual("{}"u8) ? text : First(span, [otherwise]);

    private InputOutput Pair(OtlpSpan span, KnownAttribute input, KnownAttribute output) =>
        new(First(span, [input]), First(span, [output]));

    private Utf8Text First(OtlpSpan span, ReadOnlySpan<KnownAttribute> keys) =>
        span.Attributes.TryText(context, keys, out var text) ? text : default;
}
