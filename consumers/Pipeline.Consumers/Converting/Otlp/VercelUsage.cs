using System.Text.Json;
using Pipeline.Consumers.Converting.Text;
using Pipeline.Schemas;
using Pipeline.Schemas.Text;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>Usage of the Vercel AI SDK: gen_ai counts, its own detail counts, and what the provider reported.</summary>
internal static class VercelUsage
{
    private const int Cached = 0;
    private const int Creation = 1;
    private const int Reasoning = 2;
    private const int Accepted = 3;
    private const int Rejected = 4;
    private const int Creation5Minutes = 5;
    private const int Creation1Hour = 6;

    private static readonly Utf8Text[] Keys =
    [
        UsageKeys.InputCached, UsageKeys.InputCacheCreation, UsageKeys.OutputReasoningTokens, UsageKeys.OutputAcceptedPrediction,
        UsageKeys.OutputRejectedPrediction, UsageKeys.InputCacheCreation5Minutes, UsageKeys.InputCacheCreation1Hour,
    ];

    private static readonly Utf8Text[] DisjointKeys = [UsageKeys.Input, UsageKeys.Output, .. Keys];

    private static readonly Utf8KeyTable ProviderNames = new(
    [
        ("cachedPromptTokens", Cached), ("cacheReadInputTokens", Cached), ("cache_read_input_tokens", Cached),
        ("cacheWriteInputTokens", Creation), ("cacheCreationInputTokens", Creation), ("cache_creation_input_tokens", Creation),
        ("reasoningTokens", Reasoning), ("acceptedPredictionTokens", Accepted), ("rejectedPredictionTokens", Rejected),
        ("ephemeral_5m_input_tokens", Creation5Minutes), ("ephemeral_1h_input_tokens", Creation1Hour),
    ]);

    internal static void Read(OtlpSpan span, UsageSum usage)
    {
        SetFirst(span, usage, UsageKeys.Input, KnownAttribute.GenAiUsagePromptTokens, KnownAttribute.GenAiUsageInputTokens);
        SetFirst(span, usage, UsageKeys.Output, KnownAttribute.GenAiUsageCompletionTokens, KnownAttribute.GenAiUsageOutputTokens);
        SetFirst(span, usage, UsageKeys.Total, KnownAttribute.AiUsageTokens, KnownAttribute.AiUsageTokens);
        SetFirst(span, usage, UsageKeys.InputCached, KnownAttribute.AiUsageCachedInputTokens, KnownAttribute.AiUsageCachedInputTokens);
        SetFirst(
            span, usage, UsageKeys.OutputReasoningTokens, KnownAttribute.AiUsageReasoningTokens, KnownAttribute.AiUsageReasoningTokens);
        if (span.Attributes.TryText(span.Context, KnownAttribute.AiResponseProviderMetadata, out var json)
            && JsonObjectReader.IsValid(json.Span, JsonTokenType.StartObject))
        {
            ReadProviders(span.Context, json.Bytes, usage, depth: 0);
            RemoveSplitCreation(usage);
        }

        foreach (var key in Keys)
        {
            if (usage.TryGet(key, out var part))
            {
                usage.Subtract(key.Span.StartsWith("input"u8) ? UsageKeys.Input : UsageKeys.Output, part);
            }
        }

        usage.CompleteTotal(DisjointKeys);
    }

    private static void SetFirst(OtlpSpan span, UsageSum usage, in Utf8Text key, KnownAttribute first, KnownAttribute second)
    {
        var attribute = span.Attributes.Has(first) ? first : second;
        if (span.Attributes.Get(attribute).TryCount(out var count) && span.Attributes.Has(attribute))
        {
            usage.Set(key, count);
        }
    }

    // The counts lie at different depths from provider to provider; their names tell what they are.
    private static void ReadProviders(ConversionContext context, ReadOnlyMemory<byte> json, UsageSum usage, int depth)
    {
        const int deepest = 4;
        var members = new JsonObjectReader(json, context.Arena);
        while (members.TryRead())
        {
            if (members.Value.IsObject && depth < deepest)
            {
                ReadProviders(context, members.Value.Bytes, usage, depth + 1);
                continue;
            }

            var found = ProviderNames.Find(members.Name.Span);
            if (found >= 0 && members.Value.IsNumber && JsonNumbers.TryCount(members.Value.Bytes.Span, out var count)
                && !usage.TryGet(Keys[found], out _))
            {
                usage.Set(Keys[found], count);
            }
        }
    }

    // Anthropic reports the sum of what it wrote to its caches and the split by lifetime; only one of the two may be counted.
    private static void RemoveSplitCreation(UsageSum usage)
    {
        if (usage.TryGet(UsageKeys.InputCacheCreation, out _))
        {
            usage.TryGet(UsageKeys.InputCacheCreation5Minutes, out var shortLived);
            usage.TryGet(UsageKeys.InputCacheCreation1Hour, out var longLived);
            usage.Subtract(UsageKeys.InputCacheCreation, shortLived);
            usage.Subtract(UsageKeys.InputCacheCreation, longLived);
        }
    }
}
