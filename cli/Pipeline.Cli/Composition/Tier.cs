namespace Pipeline.Cli.Composition;

/// <summary>Which buffer stands between gateway and consumers.</summary>
internal enum Tier
{
    /// <summary>The log in Postgres.</summary>
    Embedded,

    /// <summary>Apache Kafka.</summary>
    Kafka,
}
