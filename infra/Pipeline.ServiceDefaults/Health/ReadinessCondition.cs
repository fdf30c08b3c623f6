namespace Pipeline.ServiceDefaults.Health;

/// <summary>One thing that must hold before the service can do its work, for example "the log is open".</summary>
/// <remarks>Thread-safe. The owner reports changes; nothing is polled, so that a probe costs a few field reads.</remarks>
public sealed class ReadinessCondition
{
    private volatile string? _reason;

    internal ReadinessCondition(string name, string? reason)
    {
        Name = name;
        _reason = reason;
    }

    /// <summary>Name of the condition, shown in the answer.</summary>
    public string Name { get; }

    /// <summary>Whether the condition holds.</summary>
    public bool IsMet => _reason is null;

    /// <summary>Why the condition does not hold; null when it does.</summary>
    public string? Reason => _reason;

    /// <summary>The condition holds.</summary>
    public void Met() => _reason = null;

    /// <summary>The condition does not hold, for the reason given. The text is public: it names no secret and no address.</summary>
    public void NotMet(string reason) => _reason = reason;
}
