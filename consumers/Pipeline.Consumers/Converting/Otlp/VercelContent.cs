using System.Text.Json;
using Pipeline.Consumers.Converting.Text;
using Pipeline.Schemas;
using Pipeline.Schemas.Text;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>Input and output of the Vercel AI SDK.</summary>
internal static class VercelContent
{
    private static readonly KnownAttribute[] InputKeys =
        [KnownAttribute.AiPromptMessages, KnownAttribute.AiPrompt, KnownAttribute.AiToolCallArgs];

    private static readonly KnownAttribute[] OutputKeys =
    [
        KnownAttribute.AiResponseText, KnownAttribute.AiResultText, KnownAttribute.AiToolCallResult, KnownAttribute.AiResponseObject,
        KnownAttribute.AiResultObject, KnownAttribute.AiResponseToolCalls, KnownAttribute.AiResultToolCalls,
    ];

    internal static InputOutput Read(OtlpSpan span)
    {
        var context = span.Context;
        var attributes = span.Attributes;
        _ = attributes.TryText(context, InputKeys, out var input);
        if (!TryAssistantMessage(span, out var output))
        {
            _ = attributes.TryText(context, OutputKeys, out output);
        }

        if (input.IsEmpty || output.IsEmpty)
        {
            var general = GenAiMessages.Read(context, attributes);
            input = input.IsEmpty ? general.Input : input;
            output = output.IsEmpty ? general.Output : output;
        }

        return new InputOutput(input, output);
    }

    // Text and tool calls of one answer belong to one message; either alone would hide the other.
    private static bool TryAssistantMessage(OtlpSpan span, out Utf8Text message)
    {
        message = default;
        var context = span.Context;
        if (!span.Attributes.TryText(context, [KnownAttribute.AiResponseText, KnownAttribute.AiResultText], out var text)
            || !span.Attributes.TryText(context, [KnownAttribute.AiResponseToolCalls, KnownAttribute.AiResultToolCalls], out var calls))
        {
            return false;
        }

        var json = context.Json;
        json.Clear();
        json.Raw("{\"role\":\"assistant\",\"content\":"u8);
        json.String(text.Span);
        json.Raw(",\"tool_calls\":"u8);
        if (JsonObjectReader.IsValid(calls.Span, JsonTokenType.StartArray))
        {
            json.Raw(calls.Span);
        }
        else
        {
            json.String(calls.Span);
        }

        json.Raw((byte)'}');
        message = json.CopyTo(context.Arena);
        return true;
    }
}
