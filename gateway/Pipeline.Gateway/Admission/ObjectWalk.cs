using System.Text.Json;

namespace Pipeline.Gateway.Admission;

/// <summary>Checks tags and model parameters (contract 1.5).</summary>
internal static class ObjectWalk
{
    internal static string? CheckTags(ref JsonWalk walk)
    {
        if (walk.Reader.TokenType != JsonTokenType.StartArray)
        {
            return "Expected array of strings";
        }

        return CheckStrings(ref walk) ? null : "Expected array of strings";
    }

    internal static string? CheckModelParameters(ref JsonWalk walk, bool isLegacy)
    {
        if (walk.Reader.TokenType != JsonTokenType.StartObject)
        {
            return "Expected object";
        }

        string? error = null;
        while (walk.Reader.Read() && walk.Reader.TokenType != JsonTokenType.EndObject)
        {
            walk.Reader.Read();
            var isValid = walk.Reader.TokenType switch
            {
                JsonTokenType.StartArray => CheckStrings(ref walk) && !isLegacy,
                JsonTokenType.StartObject => CheckTexts(ref walk) && !isLegacy,
                _ => true,
            };
            error ??= isValid ? null
                : isLegacy ? "Expected string, number, boolean or null in each parameter"
                : "Expected string, number, boolean, array of strings, object of strings or null in each parameter";
        }

        return error;
    }

    private static bool CheckStrings(ref JsonWalk walk)
    {
        var isValid = true;
        while (walk.Reader.Read() && walk.Reader.TokenType != JsonTokenType.EndArray)
        {
            isValid &= walk.Reader.TokenType == JsonTokenType.String;
            walk.SkipValue(IngestionLimits.MaxFreeDepth);
        }

        return isValid;
    }

    private static bool CheckTexts(ref JsonWalk walk)
    {
        var isValid = true;
        while (walk.Reader.Read() && walk.Reader.TokenType != JsonTokenType.EndObject)
        {
            walk.Reader.Read();
            isValid &= walk.Reader.TokenType == JsonTokenType.String;
            walk.SkipValue(IngestionLimits.MaxFreeDepth);
        }

        return isValid;
    }
}
