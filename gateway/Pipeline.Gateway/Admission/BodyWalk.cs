using System.Text.Json;

namespace Pipeline.Gateway.Admission;

/// <summary>Checks one body, field by field, while the reader passes over it.</summary>
internal static class BodyWalk
{
    /// <summary>Checks the object the reader stands on.</summary>
    /// <param name="walk">Stands on the body's first token; behind the call on its last.</param>
    /// <param name="kind">Shape of the body.</param>
    /// <param name="facts">What was learned.</param>
    /// <returns>The first broken rule as the contract's issue text, or null.</returns>
    internal static string? Check(ref JsonWalk walk, BodyKind kind, out BodyFacts facts)
    {
        facts = default;
        if (walk.Reader.TokenType != JsonTokenType.StartObject)
        {
            walk.SkipValue(IngestionLimits.MaxFreeDepth);
            return Issue.At("invalid_type", "Expected object", "body");
        }

        if (kind == BodyKind.DatasetRunItem)
        {
            walk.SkipValue(IngestionLimits.MaxFreeDepth);
            return Issue.At("custom", "Dataset run item creation is only allowed for internal usage", "body");
        }

        var depth = walk.Reader.CurrentDepth;
        var schema = BodySchema.Of(kind);
        while (walk.Reader.Read() && walk.Reader.TokenType != JsonTokenType.EndObject)
        {
            var isKnown = schema.TryFind(walk.Name(), out var name, out var rule, out var role);
            walk.Reader.Read();
            var error = isKnown ? FieldWalk.Check(ref walk, rule) : walk.SkipValue(IngestionLimits.MaxFreeDepth) ? null : FieldWalk.TooDeep;
            if (error is not null)
            {
                walk.SkipToEndOfObject(depth);
                return Issue.At("invalid_type", error, "body", name.Length == 0 ? "(unknown field)" : name);
            }

            if (role != BodyField.Other)
            {
                Learn(ref walk, role, ref facts);
            }
        }

        return CheckTogether(kind, facts);
    }

    private static string? CheckTogether(BodyKind kind, in BodyFacts facts) => kind switch
    {
        BodyKind.Event or BodyKind.Span or BodyKind.Generation when facts.Id.IsEmpty => Issue.At("invalid_type", "Required", "body", "id"),
        BodyKind.Generation when facts.HasPromptName != facts.HasPromptVersion =>
            Issue.At("custom", "promptName and promptVersion must be both set or both absent", "body", "promptName"),
        BodyKind.LegacyObservation when !facts.HasLegacyType => Issue.At("invalid_type", "Required", "body", "type"),
        BodyKind.Score when ScoreRule.Check(facts) is { } broken => Issue.At("custom", broken.Error, "body", broken.Field),
        _ => null,
    };

    private static void Learn(ref JsonWalk walk, BodyField role, ref BodyFacts facts)
    {
        var isSet = walk.Reader.TokenType != JsonTokenType.Null;
        switch (role)
        {
            case BodyField.Id: facts.Id = isSet ? walk.Text() : default; break;
            case BodyField.TraceId: facts.TraceId = isSet ? walk.Text() : default; break;
            case BodyField.SessionId: facts.SessionId = isSet ? walk.Text() : default; break;
            case BodyField.DatasetRunId: facts.DatasetRunId = isSet ? walk.Text() : default; break;
            case BodyField.ObservationId: facts.HasObservationId = isSet && walk.Reader.ValueSpan.Length > 0; break;
            case BodyField.PromptName: facts.HasPromptName = isSet && walk.Reader.ValueSpan.Length > 0; break;
            case BodyField.PromptVersion: facts.HasPromptVersion = isSet && walk.Reader.GetDouble() != 0; break;
            case BodyField.Name: facts.HasName = isSet; break;
            case BodyField.Type: facts.HasLegacyType = isSet; break;
            case BodyField.ConfigId: facts.HasConfigId = isSet; break;
            case BodyField.DataType:
                facts.ScoreType = isSet ? Enum.Parse<ScoreDataType>(walk.Text().ToString(), ignoreCase: true) : ScoreDataType.None;
                break;
            case BodyField.Value when walk.Reader.TokenType == JsonTokenType.Number:
                facts.ScoreValueKind = ScoreValueKind.Number;
                facts.ScoreNumber = walk.Reader.GetDouble();
                break;
            case BodyField.Value when walk.Reader.TokenType == JsonTokenType.String:
                facts.ScoreValueKind = ScoreValueKind.Text;
                facts.ScoreTextLength = FieldWalk.Characters(walk.Text().Span);
                break;
            default: break;
        }
    }
}
