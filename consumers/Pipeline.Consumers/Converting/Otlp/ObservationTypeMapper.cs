using Pipeline.Schemas;
using Pipeline.Schemas.Text;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>The type of an observation: the first rule that yields one.</summary>
internal static class ObservationTypeMapper
{
    private static readonly Utf8Text[] Types =
    [
        ObservationTypes.Generation, ObservationTypes.Embedding, ObservationTypes.Agent, ObservationTypes.Tool, ObservationTypes.Chain,
        ObservationTypes.Retriever, ObservationTypes.Guardrail, ObservationTypes.Evaluator,
    ];

    private static readonly Utf8KeyTable OpenInferenceKinds = new(
    [
        ("LLM", 0), ("EMBEDDING", 1), ("AGENT", 2), ("TOOL", 3), ("CHAIN", 4), ("RETRIEVER", 5), ("GUARDRAIL", 6), ("EVALUATOR", 7),
    ]);

    private static readonly Utf8KeyTable GenAiOperations = new(
    [
        ("chat", 0), ("completion", 0), ("text_completion", 0), ("generate_content", 0), ("generate", 0), ("embeddings", 1),
        ("invoke_agent", 2), ("create_agent", 2), ("execute_tool", 3),
    ]);

    private static readonly Utf8KeyTable VercelOperations = new(
    [
        ("ai.generateText.doGenerate", 0), ("ai.streamText.doStream", 0), ("ai.generateObject.doGenerate", 0),
        ("ai.streamObject.doStream", 0),
        ("ai.embedMany.doEmbed", 1), ("ai.embed.doEmbed", 1),
    ]);

    private static readonly KnownAttribute[] ModelKeys =
    [
        KnownAttribute.LangfuseObservationModelName, KnownAttribute.GenAiRequestModel, KnownAttribute.GenAiResponseModel,
        KnownAttribute.LlmModelName, KnownAttribute.Model,
    ];

    private static readonly KnownAttribute[] GenerationKeys =
    [
        KnownAttribute.LangfuseObservationModelName, KnownAttribute.LangfuseObservationModelParameters,
        KnownAttribute.LangfuseObservationUsageDetails, KnownAttribute.LangfuseObservationCostDetails,
        KnownAttribute.LangfuseObservationCompletionStartTime, KnownAttribute.LangfuseObservationPromptName,
        KnownAttribute.LangfuseObservationPromptVersion,
    ];

    internal static Utf8Text Map(OtlpSpan span)
    {
        var attributes = span.Attributes;
        if (IsMislabelledGeneration(span))
        {
            return ObservationTypes.Generation;
        }

        if (attributes.TryText(span.Context, KnownAttribute.LangfuseObservationType, out var own)
            && ObservationTypes.TryFind(own.Span, out var type))
        {
            return type;
        }

        return TryFind(span, KnownAttribute.OpeninferenceSpanKind, OpenInferenceKinds, out type)
            || TryFind(span, KnownAttribute.GenAiOperationName, GenAiOperations, out type)
            || TryVercel(span, out type)
            || TryOther(span, out type)
            ? type
            : ObservationTypes.Span;
    }

    private static bool TryFind(OtlpSpan span, KnownAttribute key, Utf8KeyTable table, out Utf8Text type)
    {
        type = default;
        var index = span.Attributes.TryText(span.Context, key, out var text) ? table.Find(text.Span) : -1;
        type = index < 0 ? default : Types[index];
        return index >= 0;
    }

    private static bool TryVercel(OtlpSpan span, out Utf8Text type)
    {
        type = default;
        var attributes = span.Attributes;
        if (HasModel(span) && TryFind(span, KnownAttribute.AiOperationId, VercelOperations, out type))
        {
            return true;
        }

        if (attributes.TryText(span.Context, KnownAttribute.OperationName, out var operation) && HasModel(span))
        {
            // "ai.generateText.doGenerate my-function": the operation up to the function's name.
            var end = operation.Span.IndexOf((byte)' ');
            var index = VercelOperations.Find(end < 0 ? operation.Span : operation.Span[..end]);
            if (index >= 0)
            {
                type = Types[index];
                return true;
            }
        }

        if (attributes.Is(KnownAttribute.AiOperationId, "ai.toolCall"u8) || operation.Span.StartsWith("ai.toolCall"u8))
        {
            type = ObservationTypes.Tool;
            return true;
        }

        return false;
    }

    private static bool TryOther(OtlpSpan span, out Utf8Text type)
    {
        type = default;
        var attributes = span.Attributes;
        if (attributes.IsTruthy(KnownAttribute.GenAiToolName) || attributes.IsTruthy(KnownAttribute.GenAiToolCallId))
        {
            type = ObservationTypes.Tool;
            return true;
        }

        if (span.Scope.Is("livekit-agents"u8))
        {
            var name = span.Name.Span;
            type = name.SequenceEqual("agent_turn"u8) || name.SequenceEqual("start_agent_activity"u8) ? ObservationTypes.Agent
                : name.SequenceEqual("function_tool"u8) ? ObservationTypes.Tool : default;
            if (!type.IsEmpty)
            {
                return true;
            }
        }

        // Not Langfuse's: OpenLLMetry marks its tool functions and its embeddings only here.
        if (attributes.Is(KnownAttribute.TraceloopSpanKind, "tool"u8))
        {
            type = ObservationTypes.Tool;
            return true;
        }

        if (attributes.Is(KnownAttribute.LlmRequestType, "embedding"u8))
        {
            type = ObservationTypes.Embedding;
            return true;
        }

        type = ObservationTypes.Generation;
        return HasModel(span);
    }

    private static bool HasModel(OtlpSpan span)
    {
        foreach (var key in ModelKeys)
        {
            if (span.Attributes.IsTruthy(key))
            {
                return true;
            }
        }

        return false;
    }

    // Python SDKs up to 3.3 called a generation a span when it was updated late; its generation attributes give it away.
    private static bool IsMislabelledGeneration(OtlpSpan span)
    {
        if (!span.Scope.IsLangfuseSdk || !span.Attributes.Is(KnownAttribute.LangfuseObservationType, "span"u8)
            || !span.Resource.Attributes.Is(KnownAttribute.TelemetrySdkLanguage, "python"u8) || !IsUpTo33(span.Scope.Version.Span))
        {
            return false;
        }

        foreach (var key in GenerationKeys)
        {
            if (span.Attributes.IsTruthy(key))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsUpTo33(ReadOnlySpan<byte> version) =>
        version.Length >= 4 && version[1] == (byte)'.'
        && (version[0] is >= (byte)'0' and < (byte)'3'
            || (version[0] == (byte)'3' && version[2] is >= (byte)'0' and <= (byte)'3' && version[3] == (byte)'.'));
}
