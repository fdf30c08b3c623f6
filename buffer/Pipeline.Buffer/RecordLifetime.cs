namespace Pipeline.Buffer;

/// <summary>How long a log keeps a record that nobody has read: for ever, at least a time, or nobody can say.</summary>
public sealed record RecordLifetime
{
    private RecordLifetime(TimeSpan? atLeast, string? whyUnknown) => (AtLeast, WhyUnknown) = (atLeast, whyUnknown);

    /// <summary>What is not read stays.</summary>
    public static RecordLifetime Unlimited { get; } = new(null, null);

    /// <summary>The time from the append on during which it stays for certain; null when unlimited or unknown.</summary>
    public TimeSpan? AtLeast { get; }

    /// <summary>Why no time is certain; null when it is known.</summary>
    public string? WhyUnknown { get; }

    /// <summary>It stays at least that long.</summary>
    public static RecordLifetime Of(TimeSpan atLeast) => new(atLeast, null);

    /// <summary>No time is certain.</summary>
    public static RecordLifetime Unknown(string why) => new(null, why);
}
