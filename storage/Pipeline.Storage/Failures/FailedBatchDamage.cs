namespace Pipeline.Storage.Failures;

/// <summary>What is wrong with a stored failed batch, and where.</summary>
/// <param name="Defect">What.</param>
/// <param name="Detail">Where, in words, without content of events.</param>
public sealed record FailedBatchDamage(FailedBatchDefect Defect, string Detail);
