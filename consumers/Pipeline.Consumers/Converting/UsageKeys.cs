using Pipeline.Schemas;

namespace Pipeline.Consumers.Converting;

/// <summary>The usage and cost types that have a meaning of their own; every other is the caller's.</summary>
internal static class UsageKeys
{
    internal static readonly Utf8Text Input = Utf8Text.From("input");
    internal static readonly Utf8Text Output = Utf8Text.From("output");
    internal static readonly Utf8Text Total = Utf8Text.From("total");
    internal static readonly Utf8Text InputCached = Utf8Text.From("input_cached_tokens");
    internal static readonly Utf8Text InputCacheCreation = Utf8Text.From("input_cache_creation");
    internal static readonly Utf8Text InputCacheCreation5Minutes = Utf8Text.From("input_cache_creation_5m");
    internal static readonly Utf8Text InputCacheCreation1Hour = Utf8Text.From("input_cache_creation_1h");
    internal static readonly Utf8Text OutputReasoning = Utf8Text.From("output_reasoning");
    internal static readonly Utf8Text OutputReasoningTokens = Utf8Text.From("output_reasoning_tokens");
    internal static readonly Utf8Text OutputAudioTokens = Utf8Text.From("output_audio_tokens");
    internal static readonly Utf8Text OutputAcceptedPrediction = Utf8Text.From("output_accepted_prediction_tokens");
    internal static readonly Utf8Text OutputRejectedPrediction = Utf8Text.From("output_rejected_prediction_tokens");
}
