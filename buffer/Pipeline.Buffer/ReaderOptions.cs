namespace Pipeline.Buffer;

/// <summary>How one member reads.</summary>
/// <param name="Group">Consumer group.</param>
/// <param name="MemberId">Name of this member, for static membership and for people; unique in the group.</param>
public sealed record ReaderOptions(string Group, string MemberId)
{
    /// <summary>Whether the name is kept across restarts: the member then takes its partitions back at once instead of waiting for its old self to time out.</summary>
    /// <value>False.</value>
    public bool IsStaticMember { get; init; }

    /// <summary>Bytes of record values fetched ahead; above it fetching pauses.</summary>
    /// <value>64 MiB: about one second of the target rate (10,000 observations of 1.4 kB) times four.</value>
    public long MaxBufferedBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>How long a hand-over of partitions waits for the caller to commit what it was given.</summary>
    /// <value>10 s: a quarter of the session timeout, so that a stuck sink cannot stop the group.</value>
    public TimeSpan RevokeDrainTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
