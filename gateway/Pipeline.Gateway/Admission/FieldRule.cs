namespace Pipeline.Gateway.Admission;

/// <summary>What a field of a body may hold.</summary>
internal enum FieldRule
{
    /// <summary>Any JSON; kept as text.</summary>
    Any,

    /// <summary>An id, or null.</summary>
    Id,

    /// <summary>An id, not null.</summary>
    RequiredId,

    /// <summary>What a score may hang on: an id, or empty or null where it hangs on something else.</summary>
    ScoreTarget,

    /// <summary>A string or null.</summary>
    Text,

    /// <summary>A string of at most 1,000 characters, or null.</summary>
    TraceName,

    /// <summary>A non-empty string.</summary>
    RequiredText,

    /// <summary>An ISO 8601 time or null.</summary>
    Time,

    /// <summary>A boolean or null.</summary>
    Bool,

    /// <summary>An array of strings or null.</summary>
    Tags,

    /// <summary>An object or any other JSON whose keys are merged one by one; keys are limited.</summary>
    Metadata,

    /// <summary>DEBUG, DEFAULT, WARNING, ERROR or null.</summary>
    Level,

    /// <summary>GENERATION, SPAN or EVENT.</summary>
    LegacyType,

    /// <summary>API, EVAL, ANNOTATION or null.</summary>
    ScoreSource,

    /// <summary>NUMERIC, CATEGORICAL, BOOLEAN, TEXT, CORRECTION or null.</summary>
    ScoreType,

    /// <summary>A number or a string; which of them depends on the score's type.</summary>
    ScoreValue,

    /// <summary>An object of strings, numbers, booleans, arrays of strings, objects of strings, or null.</summary>
    ModelParameters,

    /// <summary>An object of strings, numbers, booleans, or null.</summary>
    LegacyModelParameters,

    /// <summary>The old usage object or null (contract 1.6).</summary>
    Usage,

    /// <summary>One of the three usage shapes or null (contract 1.6).</summary>
    UsageDetails,

    /// <summary>An object of numbers of at least 0, or null.</summary>
    CostDetails,

    /// <summary>An integer of 32 bits or null.</summary>
    Integer,
}
