using System.Text.Json;
using Pipeline.Schemas.Text;

namespace Pipeline.Gateway.Admission;

/// <summary>Checks usage and cost (contract 1.6). Numbers that no column can hold are refused here, where their sender can still be told.</summary>
internal static class UsageWalk
{
    private const string UsageDetailsError =
        "Expected an OpenAI usage object or an object of integers of at least 0 (prompt_tokens, completion_tokens and total_tokens, "
        + "or input_tokens, output_tokens and total_tokens, allow no other keys but their details)";

    private static readonly Utf8KeyTable UsageKeys = new(
    [
        ("input", 0), ("output", 0), ("total", 0), ("promptTokens", 0), ("completionTokens", 0), ("totalTokens", 0),
        ("inputCost", 1), ("outputCost", 1), ("totalCost", 1), ("unit", 2),
    ]);

    private static readonly Utf8KeyTable Units =
        new([("CHARACTERS", 0), ("TOKENS", 0), ("MILLISECONDS", 0), ("SECONDS", 0), ("IMAGES", 0), ("REQUESTS", 0)]);

    private static readonly string TooManyTypes = $"More than {IngestionLimits.MaxUsageTypes} types";

    private static readonly Utf8KeyTable OpenAiKeys = new(
    [
        ("prompt_tokens", 1), ("completion_tokens", 2), ("total_tokens", 4), ("prompt_tokens_details", 8), ("completion_tokens_details", 16),
        ("input_tokens", 32), ("output_tokens", 64), ("input_tokens_details", 128), ("output_tokens_details", 256),
    ]);

    internal static string? CheckUsage(ref JsonWalk walk)
    {
        if (walk.Reader.TokenType != JsonTokenType.StartObject)
        {
            return "Expected object";
        }

        string? error = null;
        while (walk.Reader.Read() && walk.Reader.TokenType != JsonTokenType.EndObject)
        {
            var kind = UsageKeys.Find(walk.Name());
            walk.Reader.Read();
            error ??= walk.Reader.TokenType == JsonTokenType.Null ? null : kind switch
            {
                0 => IsCount(ref walk) ? null : "Expected integers of at least 0",
                1 => IsCost(ref walk) ? null : "Expected costs from 0 to 999999 dollars",
                2 => IsUnit(ref walk) ? null : "Expected unit CHARACTERS, TOKENS, MILLISECONDS, SECONDS, IMAGES or REQUESTS",
                _ => null,
            };
            walk.SkipValue(IngestionLimits.MaxFreeDepth);
        }

        return error;
    }

    internal static string? CheckUsageDetails(ref JsonWalk walk)
    {
        if (walk.Reader.TokenType != JsonTokenType.StartObject)
        {
            return "Expected object";
        }

        var keys = 0;
        var types = 0;
        var isPlain = true;
        var areCounts = true;
        var areDetails = true;
        while (walk.Reader.Read() && walk.Reader.TokenType != JsonTokenType.EndObject)
        {
            var key = OpenAiKeys.Find(walk.Name());
            keys = key < 0 || keys < 0 ? -1 : keys | key;
            types++;
            walk.Reader.Read();
            if (walk.Reader.TokenType == JsonTokenType.StartObject)
            {
                isPlain = false;
                areDetails &= key is 8 or 16 or 128 or 256 && AreCounts(ref walk, ref types);
                walk.SkipToEndOfObject(walk.Reader.CurrentDepth);
            }
            else if (walk.Reader.TokenType == JsonTokenType.Null)
            {
                areDetails &= key is 8 or 16 or 128 or 256;
            }
            else
            {
                areCounts &= IsCount(ref walk);
                walk.SkipValue(IngestionLimits.MaxFreeDepth);
            }
        }

        var isOpenAi = keys > 0 && areDetails && areCounts
            && (((keys & 7) == 7 && (keys & ~31) == 0) || ((keys & 100) == 100 && (keys & ~(100 | 128 | 256)) == 0));
        return !isOpenAi && !(isPlain && areCounts) ? UsageDetailsError : types <= IngestionLimits.MaxUsageTypes ? null : TooManyTypes;
    }

    internal static string? CheckCostDetails(ref JsonWalk walk)
    {
        if (walk.Reader.TokenType != JsonTokenType.StartObject)
        {
            return "Expected object";
        }

        string? error = null;
        var types = 0;
        while (walk.Reader.Read() && walk.Reader.TokenType != JsonTokenType.EndObject)
        {
            types++;
            walk.Reader.Read();
            error ??= walk.Reader.TokenType == JsonTokenType.Null || IsCost(ref walk) ? null : "Expected costs from 0 to 999999 dollars";
            walk.SkipValue(IngestionLimits.MaxFreeDepth);
        }

        return error ?? (types <= IngestionLimits.MaxUsageTypes ? null : TooManyTypes);
    }

    private static bool AreCounts(ref JsonWalk walk, ref int types)
    {
        var areCounts = true;
        while (walk.Reader.Read() && walk.Reader.TokenType != JsonTokenType.EndObject)
        {
            types++;
            walk.Reader.Read();
            areCounts &= walk.Reader.TokenType == JsonTokenType.Null || IsCount(ref walk);
            walk.SkipValue(IngestionLimits.MaxFreeDepth);
        }

        return areCounts;
    }

    private static bool IsCount(ref JsonWalk walk)
    {
        if (walk.Reader.TokenType != JsonTokenType.Number)
        {
            return false;
        }

        // 3.0 is the integer 3 in the clients' language.
        return walk.Reader.TryGetInt64(out var count)
            ? count >= 0
            : walk.Reader.TryGetDouble(out var number) && number is >= 0 and < 9_007_199_254_740_992 && Math.Truncate(number) == number;
    }

    // Decimal(18, 12) holds six digits before the point.
    private static bool IsCost(ref JsonWalk walk) =>
        walk.Reader.TokenType == JsonTokenType.Number && walk.Reader.TryGetDouble(out var cost) && cost is >= 0 and <= 999_999;

    private static bool IsUnit(ref JsonWalk walk) => walk.Reader.TokenType == JsonTokenType.String && Units.Find(walk.Name()) >= 0;
}
