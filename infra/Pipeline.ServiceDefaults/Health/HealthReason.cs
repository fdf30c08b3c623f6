namespace Pipeline.ServiceDefaults.Health;

/// <summary>Why a probe fails.</summary>
/// <param name="Name">The condition or loop.</param>
/// <param name="Reason">What is wrong with it, for a person.</param>
public readonly record struct HealthReason(string Name, string Reason);
