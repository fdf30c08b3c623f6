using System.Text.Json;
using Pipeline.Consumers.Converting.Text;
using Pipeline.Schemas;
using Pipeline.Schemas.Text;
using Pipeline.Schemas.Wire;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>The tags of the trace: an array, JSON array text, text with commas, or one text.</summary>
internal static class TagsMapper
{
    private static readonly KnownAttribute[] Keys =
    [
        KnownAttribute.LangfuseTraceTags, KnownAttribute.LangfuseTags, KnownAttribute.LangfuseObservationMetadataLangfuseTags,
        KnownAttribute.LangfuseTraceMetadataLangfuseTags, KnownAttribute.AiTelemetryMetadataTags, KnownAttribute.TagTags,
    ];

    internal static void Map(OtlpSpan span, HashSet<Utf8Text> tags)
    {
        foreach (var key in Keys)
        {
            var value = span.Attributes.Get(key);
            if (!value.IsTruthy)
            {
                continue;
            }

            if (value.Kind == OtlpValueKind.Array)
            {
                AddArray(span.Context, value.Bytes, tags);
            }
            else
            {
                AddText(span.Context, value.ToText(span.Context), tags);
            }

            return;
        }
    }

    private static void AddArray(ConversionContext context, ReadOnlyMemory<byte> array, HashSet<Utf8Text> tags)
    {
        var reader = new ProtoReader(array.Span);
        while (reader.TryReadField())
        {
            if (reader.WireType == ProtoWireType.Bytes)
            {
                Add(OtlpValue.Read(array.Slice(reader.ValueStart, reader.ValueLength)).ToText(context), tags);
            }
        }
    }

    private static void AddText(ConversionContext context, in Utf8Text text, HashSet<Utf8Text> tags)
    {
        if (JsonObjectReader.IsValid(text.Span, JsonTokenType.StartArray))
        {
            var elements = new JsonObjectReader(text.Bytes, context.Arena);
            while (elements.TryRead())
            {
                if (elements.Value.IsSet)
                {
                    Add(elements.Value.ToText(context.Arena), tags);
                }
            }

            return;
        }

        var rest = text.Bytes;
        while (true)
        {
            var comma = rest.Span.IndexOf((byte)',');
            Add(new Utf8Text(Trimmed(comma < 0 ? rest : rest[..comma])), tags);
            if (comma < 0)
            {
                return;
            }

            rest = rest[(comma + 1)..];
        }
    }

    private static ReadOnlyMemory<byte> Trimmed(ReadOnlyMemory<byte> text)
    {
        var start = text.Span.IndexOfAnyExcept((byte)' ');
        return start < 0 ? default : text[start..(text.Span.LastIndexOfAnyExcept((byte)' ') + 1)];
    }

    private static void Add(in Utf8Text tag, HashSet<Utf8Text> tags)
    {
        if (!tag.IsEmpty)
        {
            tags.Add(tag);
        }
    }
}
