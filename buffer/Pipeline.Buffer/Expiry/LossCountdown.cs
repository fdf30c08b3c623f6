namespace Pipeline.Buffer.Expiry;

/// <summary>The time until the oldest unread record of a partition may be deleted.</summary>
/// <param name="Kind">What is known.</param>
/// <param name="Left">The time left while it runs, zero when it may be deleted any moment; otherwise null.</param>
/// <param name="Lifetime">How long the log keeps a record while it runs; otherwise null.</param>
/// <param name="Reason">Why it is unknown; otherwise null.</param>
public sealed record LossCountdown(LossCountdownKind Kind, TimeSpan? Left, TimeSpan? Lifetime, string? Reason)
{
    // A tenth of a week is most of a day: time for a person to raise the retention.
    private const int LowShare = 10;

    /// <summary>Less than a tenth of the lifetime is left: somebody has to act now.</summary>
    public bool IsLow => Left < Lifetime / LowShare;
}
