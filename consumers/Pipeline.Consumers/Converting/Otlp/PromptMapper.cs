using System.Text.Json;
using Pipeline.Consumers.Converting.Text;
using Pipeline.Schemas;
using Pipeline.Schemas.Text;
using Pipeline.Storage.Merging;
using Pipeline.Storage.States;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>The prompt link of a generation.</summary>
internal static class PromptMapper
{
    internal static void Map(OtlpSpan span, in Utf8Text type, ObservationState observation)
    {
        if (type == ObservationTypes.Generation && TryFind(span, out var name, out var version))
        {
            observation.Prompt = Register<PromptLink>.Of(span.Caller, new PromptLink(name, version));
        }
    }

    private static bool TryFind(OtlpSpan span, out Utf8Text name, out uint version)
    {
        var attributes = span.Attributes;
        var count = 0UL;
        if (attributes.TryText(
            span.Context, [KnownAttribute.LangfuseObservationPromptName, KnownAttribute.LangfusePromptName], out name))
        {
            var value = attributes.Get(KnownAttribute.LangfuseObservationPromptVersion);
            value = value.IsTruthy ? value : attributes.Get(KnownAttribute.LangfusePromptVersion);
            _ = value.TryCount(out count);
        }
        else if (attributes.TryText(span.Context, KnownAttribute.AiTelemetryMetadataLangfusePrompt, out var json)
            && JsonObjectReader.IsValid(json.Span, JsonTokenType.StartObject))
        {
            ReadJson(span, json, out name, out count);
        }

        version = count is > 0 and <= uint.MaxValue ? (uint)count : 0;
        return !name.IsEmpty && version > 0;
    }

    private static void ReadJson(OtlpSpan span, in Utf8Text json, out Utf8Text name, out ulong version)
    {
        name = default;
        version = 0;
        var members = new JsonObjectReader(json.Bytes, span.Context.Arena);
        while (members.TryRead())
        {
            if (members.Name.Span.SequenceEqual("name"u8) && members.Value.IsString)
            {
                name = members.Value.ToText(span.Context.Arena);
            }
            else if (members.Name.Span.SequenceEqual("version"u8))
            {
                _ = JsonNumbers.TryCount(members.Value.Bytes.Span, out version);
            }
        }
    }
}
