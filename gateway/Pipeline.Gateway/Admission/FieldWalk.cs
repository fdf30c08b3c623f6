using System.Text.Json;
using Pipeline.Schemas.Text;

namespace Pipeline.Gateway.Admission;

/// <summary>Checks one value against its rule. The reader stands on the value's first token, and behind the call on its last.</summary>
internal static class FieldWalk
{
    internal static readonly string TooDeep = $"Nested deeper than {IngestionLimits.MaxFreeDepth} levels";

    private static readonly string TooLongId = $"Must be 1 to {IngestionLimits.MaxIdLength} characters without control characters";
    private static readonly string TooManyKeys = $"More than {IngestionLimits.MaxMetadataKeys} keys";

    /// <summary>What is wrong, or null.</summary>
    internal static string? Check(ref JsonWalk walk, FieldRule rule)
    {
        var token = walk.Reader.TokenType;
        var error = rule switch
        {
            FieldRule.Any => walk.SkipValue(IngestionLimits.MaxFreeDepth) ? null : TooDeep,
            FieldRule.Metadata => CheckMetadata(ref walk),
            FieldRule.ScoreValue => CheckScoreValue(ref walk),
            FieldRule.RequiredId when token == JsonTokenType.Null => "Expected string, received null",
            FieldRule.RequiredText when token == JsonTokenType.Null => "Expected string, received null",
            FieldRule.LegacyType when token == JsonTokenType.Null => "Expected 'GENERATION', 'SPAN' or 'EVENT', received null",
            _ when token == JsonTokenType.Null => null,
            FieldRule.Bool => token is JsonTokenType.True or JsonTokenType.False ? null : "Expected boolean",
            FieldRule.Integer => IsInteger(ref walk) ? null : "Expected integer of 32 bits",
            FieldRule.Tags => ObjectWalk.CheckTags(ref walk),
            FieldRule.ModelParameters => ObjectWalk.CheckModelParameters(ref walk, isLegacy: false),
            FieldRule.LegacyModelParameters => ObjectWalk.CheckModelParameters(ref walk, isLegacy: true),
            FieldRule.Usage => UsageWalk.CheckUsage(ref walk),
            FieldRule.UsageDetails => UsageWalk.CheckUsageDetails(ref walk),
            FieldRule.CostDetails => UsageWalk.CheckCostDetails(ref walk),
            _ when token == JsonTokenType.String => CheckText(ref walk, rule),
            _ => "Expected string",
        };

        // A value refused by its first token alone must still be passed over.
        if (error is not null)
        {
            walk.SkipValue(IngestionLimits.MaxFreeDepth);
        }

        return error;
    }

    /// <summary>Length in characters as clients count them: UTF-16 units.</summary>
    internal static int Characters(ReadOnlySpan<byte> utf8) => System.Text.Encoding.UTF8.GetCharCount(utf8);

    /// <summary>The rule of every id (contract 1.2, and control characters because ids become keys and paths).</summary>
    internal static bool IsId(ReadOnlySpan<byte> id) =>
        id.Length is > 0 and <= IngestionLimits.MaxIdLength * 4
        && Characters(id) <= IngestionLimits.MaxIdLength
        && id.IndexOfAnyInRange((byte)0, (byte)0x1F) < 0;

    private static string? CheckText(ref JsonWalk walk, FieldRule rule)
    {
        if (rule == FieldRule.Text)
        {
            return null;
        }

        var text = walk.Text().Span;
        return rule switch
        {
            FieldRule.Id or FieldRule.RequiredId => IsId(text) ? null : TooLongId,
            FieldRule.ScoreTarget => text.IsEmpty || IsId(text) ? null : TooLongId,
            FieldRule.RequiredText => text.IsEmpty ? "Must not be empty" : null,
            FieldRule.TraceName => Characters(text) <= IngestionLimits.MaxTraceNameLength ? null : $"Longer than {IngestionLimits.MaxTraceNameLength} characters",
            FieldRule.Time => IsoTime.TryParse(text, out _) ? null : "Expected an ISO 8601 date-time between 1900 and 2299",
            FieldRule.Level => IsOneOf(text, "DEBUG", "DEFAULT", "WARNING", "ERROR"),
            FieldRule.LegacyType => IsOneOf(text, "GENERATION", "SPAN", "EVENT"),
            FieldRule.ScoreSource => IsOneOf(text, "API", "EVAL", "ANNOTATION"),
            FieldRule.ScoreType => IsOneOf(text, "NUMERIC", "CATEGORICAL", "BOOLEAN", "TEXT", "CORRECTION"),
            _ => null,
        };
    }

    private static string? IsOneOf(ReadOnlySpan<byte> text, params ReadOnlySpan<string> allowed)
    {
        foreach (var value in allowed)
        {
            if (value.Length == text.Length && System.Text.Ascii.Equals(value, text))
            {
                return null;
            }
        }

        return "Expected one of " + string.Join(", ", allowed!);
    }

    private static string? CheckMetadata(ref JsonWalk walk)
    {
        if (walk.Reader.TokenType != JsonTokenType.StartObject)
        {
            return walk.SkipValue(IngestionLimits.MaxFreeDepth) ? null : TooDeep;
        }

        var keys = 0;
        string? error = null;
        while (walk.Reader.Read() && walk.Reader.TokenType != JsonTokenType.EndObject)
        {
            keys++;
            walk.Reader.Read();
            error ??= walk.SkipValue(IngestionLimits.MaxFreeDepth) ? null : TooDeep;
        }

        return error ?? (keys <= IngestionLimits.MaxMetadataKeys ? null : TooManyKeys);
    }

    // 3.0 is the integer 3 in the clients' language.
    private static bool IsInteger(ref JsonWalk walk) =>
        walk.Reader.TokenType == JsonTokenType.Number && walk.Reader.TryGetDouble(out var number)
        && Math.Abs(number) <= uint.MaxValue && Math.Truncate(number) == number;

    private static string? CheckScoreValue(ref JsonWalk walk) => walk.Reader.TokenType switch
    {
        JsonTokenType.String => null,
        JsonTokenType.Number => walk.Reader.TryGetDouble(out var number) && double.IsFinite(number) ? null : "Expected a finite number",
        _ => "Expected number or string",
    };
}
