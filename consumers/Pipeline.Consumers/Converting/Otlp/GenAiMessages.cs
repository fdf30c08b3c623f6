using System.Text.Json;
using Pipeline.Consumers.Converting.Text;
using Pipeline.Schemas;
using Pipeline.Schemas.Text;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>Input and output by the current gen_ai convention: messages as JSON, system instructions apart, else a tool's call.</summary>
internal static class GenAiMessages
{
    internal static InputOutput Read(ConversionContext context, SpanAttributes attributes)
    {
        _ = attributes.TryText(context, KnownAttribute.GenAiOutputMessages, out var output);
        if (attributes.TryText(context, KnownAttribute.GenAiInputMessages, out var input))
        {
            input = WithInstructions(context, attributes, input);
        }

        if (!input.IsEmpty || !output.IsEmpty)
        {
            return new InputOutput(input, output);
        }

        _ = attributes.TryText(context, KnownAttribute.GenAiToolCallArguments, out input);
        _ = attributes.TryText(context, KnownAttribute.GenAiToolCallResult, out output);
        return new InputOutput(input, output);
    }

    private static Utf8Text WithInstructions(ConversionContext context, SpanAttributes attributes, in Utf8Text messages)
    {
        if (!attributes.TryText(context, KnownAttribute.GenAiSystemInstructions, out var instructions)
            || !JsonObjectReader.IsValid(messages.Span, JsonTokenType.StartArray) || HasSystemMessage(context, messages))
        {
            return messages;
        }

        var json = context.Json;
        json.Clear();
        json.Raw("[{\"role\":\"system\",\"content\":"u8);
        if (JsonObjectReader.IsValid(instructions.Span, JsonTokenType.StartArray))
        {
            json.Raw(instructions.Span);
        }
        else
        {
            json.String(instructions.Span);
        }

        json.Raw((byte)'}');
        var elements = new JsonObjectReader(messages.Bytes, context.Arena);
        while (elements.TryRead())
        {
            json.Raw((byte)',');
            json.Raw(elements.Value.IsString ? "\""u8 : default);
            json.Raw(elements.Value.Bytes.Span);
            json.Raw(elements.Value.IsString ? "\""u8 : default);
        }

        json.Raw((byte)']');
        return json.CopyTo(context.Arena);
    }

    private static bool HasSystemMessage(ConversionContext context, in Utf8Text messages)
    {
        var elements = new JsonObjectReader(messages.Bytes, context.Arena);
        while (elements.TryRead())
        {
            if (elements.Value.IsObject && JsonMember.TryFind(context, new Utf8Text(elements.Value.Bytes), "role"u8, out var role)
                && role.Bytes.Span.SequenceEqual("system"u8))
            {
                return true;
            }
        }

        return false;
    }
}
