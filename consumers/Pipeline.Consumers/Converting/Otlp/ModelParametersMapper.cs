using System.Text.Json;
using Pipeline.Consumers.Converting.Text;
using Pipeline.Schemas;
using Pipeline.Schemas.Text;
using Pipeline.Storage.Merging;
using Pipeline.Storage.States;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>Model parameters as one JSON object.</summary>
internal static class ModelParametersMapper
{
    private const AttributeFamily Families = AttributeFamily.GenAiRequest | AttributeFamily.InvocationParameters;

    private static readonly (string Name, KnownAttribute[] Keys)[] Vercel =
    [
        ("maxSteps", [KnownAttribute.AiSettingsMaxSteps]),
        ("toolChoice", [KnownAttribute.AiPromptToolChoice]),
        ("maxTokens", [KnownAttribute.GenAiRequestMaxTokens, KnownAttribute.AiSettingsMaxTokens]),
        ("finishReason", [KnownAttribute.GenAiResponseFinishReasons]),
        ("system", [KnownAttribute.GenAiSystem, KnownAttribute.AiModelProvider]),
        ("maxRetries", [KnownAttribute.AiSettingsMaxRetries]),
        ("mode", [KnownAttribute.AiSettingsMode]),
        ("temperature", [KnownAttribute.GenAiRequestTemperature, KnownAttribute.AiSettingsTemperature]),
    ];

    internal static void Map(OtlpSpan span, ObservationState observation)
    {
        var parameters = Find(span);
        if (parameters.Length > "{}".Length)
        {
            observation.ModelParameters = Register<Utf8Text>.Of(span.Caller, parameters);
        }
    }

    private static Utf8Text Find(OtlpSpan span)
    {
        var context = span.Context;
        var attributes = span.Attributes;
        var hasOwn = TryObject(span, KnownAttribute.LangfuseObservationModelParameters, out var own);
        if (span.Scope.Is("ai"u8))
        {
            return WriteVercel(span, hasOwn ? own : default);
        }

        if (hasOwn)
        {
            return own;
        }

        if (span.Scope.Is("genkit-tracer"u8))
        {
            return TryGenkit(span, KnownAttribute.GenkitInput, out own) || TryGenkit(span, KnownAttribute.GenkitOutput, out own)
                ? own
                : default;
        }

        if (TryObject(span, KnownAttribute.LlmInvocationParameters, out own) || TryObject(span, KnownAttribute.ModelConfig, out own))
        {
            return own;
        }

        return (attributes.Families & Families) == AttributeFamily.None ? default : WriteFamilies(context, attributes);
    }

    private static bool TryObject(OtlpSpan span, KnownAttribute key, out Utf8Text json) =>
        span.Attributes.TryText(span.Context, key, out json) && JsonObjectReader.IsValid(json.Span, JsonTokenType.StartObject);

    private static bool TryGenkit(OtlpSpan span, KnownAttribute key, out Utf8Text config)
    {
        config = default;
        if (!span.Attributes.TryText(span.Context, key, out var json)
            || !JsonMember.TryFind(span.Context, json, "config"u8, out var value) || !value.IsObject)
        {
            return false;
        }

        config = value.ToText(span.Context.Arena);
        return true;
    }

    private static Utf8Text WriteVercel(OtlpSpan span, in Utf8Text own)
    {
        var json = span.Context.Json;
        json.Clear();
        json.Raw((byte)'{');
        foreach (var (name, keys) in Vercel)
        {
            foreach (var key in keys)
            {
                if (span.Attributes.IsTruthy(key))
                {
                    WriteMember(span.Context, json, Utf8Text.From(name), span.Attributes.Get(key));
                    break;
                }
            }
        }

        // Laid over: a JSON reader takes the last of two members with one name.
        if (!own.IsEmpty)
        {
            var members = new JsonObjectReader(own.Bytes, span.Context.Arena);
            while (members.TryRead())
            {
                json.Name(members.Name.Span);
                json.Raw(members.Value.IsString ? "\""u8 : default);
                json.Raw(members.Value.Bytes.Span);
                json.Raw(members.Value.IsString ? "\""u8 : default);
            }
        }

        json.Raw((byte)'}');
        return json.CopyTo(span.Context.Arena);
    }

    private static Utf8Text WriteFamilies(ConversionContext context, SpanAttributes attributes)
    {
        var json = context.Json;
        json.Clear();
        json.Raw((byte)'{');
        foreach (ref readonly var attribute in attributes.All)
        {
            if ((attribute.Family & Families) != AttributeFamily.None && !attribute.Suffix.Span.SequenceEqual("model"u8))
            {
                WriteMember(context, json, attribute.Suffix, attribute.Value);
            }
        }

        json.Raw((byte)'}');
        return json.CopyTo(context.Arena);
    }

    // Strings and numbers as they are, anything else as JSON text in a string.
    private static void WriteMember(ConversionContext context, JsonBuffer json, in Utf8Text name, in OtlpValue value)
    {
        json.Name(name.Span);
        if (value.Kind is OtlpValueKind.String or OtlpValueKind.Int or OtlpValueKind.Double)
        {
            OtlpJson.Write(json, value);
        }
        else
        {
            json.String(value.ToText(context).Span);
        }
    }
}
