using System.Text.Json;
using Pipeline.Consumers.Converting.Text;
using Pipeline.Schemas;
using Pipeline.Schemas.Text;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>Input and output out of Logfire's <c>events</c> list: choices are output, everything else is input.</summary>
internal static class LogfireEvents
{
    internal static InputOutput Read(OtlpSpan span)
    {
        if (!span.Attributes.TryText(span.Context, KnownAttribute.Events, out var events)
            || !JsonObjectReader.IsValid(events.Span, JsonTokenType.StartArray))
        {
            return default;
        }

        return new InputOutput(Select(span.Context, events, choices: false), Select(span.Context, events, choices: true));
    }

    private static Utf8Text Select(ConversionContext context, in Utf8Text events, bool choices)
    {
        var json = context.Json;
        json.Clear();
        json.Raw((byte)'[');
        var elements = new JsonObjectReader(events.Bytes, context.Arena);
        while (elements.TryRead())
        {
            var isChoice = elements.Value.IsObject
                && JsonMember.TryFind(context, new Utf8Text(elements.Value.Bytes), "event.name"u8, out var name)
                && name.Bytes.Span.SequenceEqual("gen_ai.choice"u8);
            if (elements.Value.IsObject && isChoice == choices)
            {
                json.Separate();
                json.Raw(elements.Value.Bytes.Span);
            }
        }

        json.Raw((byte)']');
        return json.Length == "[]".Length ? default : json.CopyTo(context.Arena);
    }
}
