using Pipeline.Schemas;
using Pipeline.Storage.Merging;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>The model of an observation.</summary>
internal static class ModelMapper
{
    // The last one is not Langfuse's: OpenInference names the model of an embedding only there.
    private static readonly KnownAttribute[] Keys =
    [
        KnownAttribute.LangfuseObservationModelName, KnownAttribute.GenAiResponseModel, KnownAttribute.AiModelId,
        KnownAttribute.GenAiRequestModel,
        KnownAttribute.LlmResponseModel, KnownAttribute.LlmModelName, KnownAttribute.Model, KnownAttribute.EmbeddingModelName,
    ];

    internal static Register<Utf8Text> Map(OtlpSpan span)
    {
        if (span.Attributes.TryText(span.Context, Keys, out var model))
        {
            return Register<Utf8Text>.Of(span.Caller, model);
        }

        return span.Attributes.Is(KnownAttribute.GenkitMetadataSubtype, "model"u8)
            && span.Attributes.TryText(span.Context, KnownAttribute.GenkitName, out model)
            ? Register<Utf8Text>.Of(span.Caller, model)
            : default;
    }

    /// <summary>Whether model, usage and cost repeat what the child spans say, so that taking them would count tokens twice.</summary>
    internal static bool RepeatsChildren(OtlpSpan span) =>
        span.Attributes.Is(KnownAttribute.GenAiOperationName, "invoke_agent"u8)
        || span.Attributes.Is(KnownAttribute.GenAiOperationName, "agent_step"u8);
}
