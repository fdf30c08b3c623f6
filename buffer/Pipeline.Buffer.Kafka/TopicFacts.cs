namespace Pipeline.Buffer.Kafka;

/// <summary>What a topic is, as the brokers tell it.</summary>
/// <param name="Partitions">Partition count.</param>
/// <param name="Replicas">Replicas of the partition that has the fewest.</param>
/// <param name="MinInSyncReplicas">Replicas that must have a record before it is acknowledged.</param>
/// <param name="MaxMessageBytes">Largest record it takes.</param>
internal readonly record struct TopicFacts(int Partitions, int Replicas, int MinInSyncReplicas, int MaxMessageBytes);
