namespace Pipeline.Gateway.Admission;

/// <summary>The fields of bodies whose values a rule needs beyond their own shape.</summary>
internal enum BodyField
{
    /// <summary>Nothing but its shape matters.</summary>
    Other,
    Id,
    TraceId,
    SessionId,
    DatasetRunId,
    ObservationId,
    PromptName,
    PromptVersion,
    Name,
    Type,
    Value,
    DataType,
    ConfigId,
}
