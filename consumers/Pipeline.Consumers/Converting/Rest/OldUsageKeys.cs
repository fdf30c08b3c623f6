using Pipeline.Schemas;
using Pipeline.Schemas.Text;

namespace Pipeline.Consumers.Converting.Rest;

/// <summary>The keys of the old <c>usage</c> object and what they mean now.</summary>
internal static class OldUsageKeys
{
    private static readonly Utf8Text[] Targets = [UsageKeys.Input, UsageKeys.Output, UsageKeys.Total];

    private static readonly Utf8KeyTable Counts = new([("input", 0), ("output", 1), ("total", 2)]);
    private static readonly Utf8KeyTable CamelCaseCounts = new([("promptTokens", 0), ("completionTokens", 1), ("totalTokens", 2)]);
    private static readonly Utf8KeyTable Costs = new([("inputCost", 0), ("outputCost", 1), ("totalCost", 2)]);

    /// <summary>The usage type of a plain key; empty for any other.</summary>
    internal static Utf8Text OfCount(ReadOnlySpan<byte> key) => Find(Counts, key);

    /// <summary>The usage type of an OpenAI-style key; where one is present, all others are ignored.</summary>
    internal static Utf8Text OfCamelCaseCount(ReadOnlySpan<byte> key) => Find(CamelCaseCounts, key);

    /// <summary>The cost type of a cost key.</summary>
    internal static Utf8Text OfCost(ReadOnlySpan<byte> key) => Find(Costs, key);

    private static Utf8Text Find(Utf8KeyTable table, ReadOnlySpan<byte> key)
    {
        var index = table.Find(key);
        return index < 0 ? default : Targets[index];
    }
}
