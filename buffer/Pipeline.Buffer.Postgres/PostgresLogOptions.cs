namespace Pipeline.Buffer.Postgres;

/// <summary>How the log in Postgres works.</summary>
public sealed record PostgresLogOptions
{
    /// <summary>Topic.</summary>
    public required string Topic { get; init; }

    /// <summary>Bytes of records waiting to be written by this process; above it an append is Busy.</summary>
    /// <value>64 MiB.</value>
    public long MaxQueuedBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>Records waiting to be written by this process; above it an append is Busy.</summary>
    /// <value>65,536: with the bound in bytes, records of 1 KiB on average; tiny ones must not cost more memory in bookkeeping than in bytes.</value>
    public int MaxQueuedRecords { get; init; } = 65_536;

    /// <summary>Bytes written in one transaction; a larger one would only delay its first record.</summary>
    /// <value>8 MiB.</value>
    public int MaxTransactionBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Records written in one transaction.</summary>
    /// <value>4096: the fsync is shared among enough of them by then.</value>
    public int MaxTransactionRecords { get; init; } = 4096;

    /// <summary>Largest record.</summary>
    /// <value>8 MiB, as the Kafka topic.</value>
    public int MaxRecordBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>How long an append waits for its answer, from the call on; then it is Unavailable.</summary>
    /// <value>2 s: what the gateway may take to say 503.</value>
    public TimeSpan AppendTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long one write transaction may take before its connection is given up.</summary>
    /// <value>5 s: longer than the append's own timeout, so that a disk that stalls still lands what it was given.</value>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a silent member keeps its partitions.</summary>
    /// <value>4 s: a killed consumer's partitions are read again within 10 s, and a garbage collection never costs a lease.</value>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How often an idle reader looks for records.</summary>
    /// <value>50 ms: one primary-key read of a handful of rows; NOTIFY would take a lock that every append must pass.</value>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(50);
}
