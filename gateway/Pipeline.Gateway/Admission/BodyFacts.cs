using Pipeline.Schemas;

namespace Pipeline.Gateway.Admission;

/// <summary>What the walk over one body learned, for the rules that look at several fields and for routing.</summary>
internal struct BodyFacts
{
    internal Utf8Text Id;
    internal Utf8Text TraceId;
    internal Utf8Text SessionId;
    internal Utf8Text DatasetRunId;
    internal bool HasObservationId;
    internal bool HasName;
    internal bool HasLegacyType;
    internal bool HasPromptName;
    internal bool HasPromptVersion;
    internal bool HasConfigId;
    internal ScoreDataType ScoreType;
    internal ScoreValueKind ScoreValueKind;
    internal double ScoreNumber;
    internal int ScoreTextLength;
}
