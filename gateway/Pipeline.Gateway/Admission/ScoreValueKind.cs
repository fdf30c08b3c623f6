namespace Pipeline.Gateway.Admission;

/// <summary>What JSON a score's value is.</summary>
internal enum ScoreValueKind
{
    Missing,
    Number,
    Text,
}
