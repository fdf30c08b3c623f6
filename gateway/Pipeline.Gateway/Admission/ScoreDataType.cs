namespace Pipeline.Gateway.Admission;

/// <summary>The contract's score types; the names are the wire's.</summary>
internal enum ScoreDataType
{
    /// <summary>Not sent: inferred from the value.</summary>
    None,
    Numeric,
    Categorical,
    Boolean,
    Text,
    Correction,
}
