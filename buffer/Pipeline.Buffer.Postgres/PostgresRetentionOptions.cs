namespace Pipeline.Buffer.Postgres;

/// <summary>How long the log in Postgres keeps records.</summary>
public sealed record PostgresRetentionOptions
{
    /// <summary>Topic.</summary>
    public required string Topic { get; init; }

    /// <summary>How long a record stays after it was appended, once every group has committed it.</summary>
    public required TimeSpan Retention { get; init; }

    /// <summary>Age from which records that a group has not committed are reported; they are kept all the same.</summary>
    /// <value>7 days, as the Kafka topic keeps them.</value>
    public TimeSpan MaxRetention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Records deleted in one transaction.</summary>
    /// <value>1000: some tens of milliseconds during which an append to that partition may wait.</value>
    public int ChunkRecords { get; init; } = 1000;
}
