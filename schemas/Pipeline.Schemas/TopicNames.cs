namespace Pipeline.Schemas;

/// <summary>Names that producers, consumers and operators share on the log.</summary>
public static class TopicNames
{
    /// <summary>The topic every gateway appends to unless configured otherwise.</summary>
    public const string Ingest = "pipeline.ingest";

    /// <summary>The consumer group that writes to ClickHouse.</summary>
    public const string WriterGroup = "pipeline.writer";

    /// <summary>The consumer group that copies live records into the object store.</summary>
    public const string ArchiveGroup = "pipeline.archive";

    /// <summary>The topic or group of replayed records that goes with one of live records.</summary>
    public static string ReplayOf(string name) => name + ".replay";
}
