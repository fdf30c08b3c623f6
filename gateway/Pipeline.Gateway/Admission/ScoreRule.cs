namespace Pipeline.Gateway.Admission;

/// <summary>Rules of a score that look at several of its fields (contract 1.7).</summary>
internal static class ScoreRule
{
    private const string TargetError =
        "Provide exactly one of the following: traceId (with optional observationId), sessionId or datasetRunId. ObservationId requires traceId.";

    /// <summary>The field that breaks a rule and how, or null.</summary>
    internal static (string Field, string Error)? Check(in BodyFacts facts)
    {
        if (!facts.HasName)
        {
            return ("name", "Required");
        }

        var targets = (facts.TraceId.IsEmpty ? 0 : 1) + (facts.SessionId.IsEmpty ? 0 : 1) + (facts.DatasetRunId.IsEmpty ? 0 : 1);
        if (targets != 1 || (facts.HasObservationId && facts.TraceId.IsEmpty))
        {
            return ("traceId", TargetError);
        }

        return (facts.ScoreType, facts.ScoreValueKind) switch
        {
            (_, ScoreValueKind.Missing) => ("value", "Required"),
            (ScoreDataType.None, _) => null,
            (ScoreDataType.Numeric, ScoreValueKind.Number) => null,
            (ScoreDataType.Boolean, ScoreValueKind.Number) => facts.ScoreNumber is 0 or 1 ? null : ("value", "Expected 0 or 1 for a BOOLEAN score"),
            (ScoreDataType.Categorical, ScoreValueKind.Text) => null,
            (ScoreDataType.Text, ScoreValueKind.Text) => facts.ScoreTextLength is >= 1 and <= IngestionLimits.MaxScoreTextLength
                ? null
                : ("value", $"Expected 1 to {IngestionLimits.MaxScoreTextLength} characters for a TEXT score"),
            (ScoreDataType.Correction, ScoreValueKind.Text) => facts.HasConfigId ? ("configId", "Not allowed for a CORRECTION score") : null,
            (ScoreDataType.Numeric or ScoreDataType.Boolean, _) => ("value", "Expected a number for a NUMERIC or BOOLEAN score"),
            _ => ("value", "Expected a string for a CATEGORICAL, TEXT or CORRECTION score"),
        };
    }
}
