using Pipeline.Buffer;

namespace Pipeline.Consumers.Batching;

/// <summary>What remains of a batch once it is encoded: enough to commit and to count it, and nothing that keeps its states alive.</summary>
/// <param name="Size">How much it holds.</param>
/// <param name="NextOffsets">Per partition, the offset behind the last record in it.</param>
/// <param name="AppendedAtMicros">Per partition, when the log took that record.</param>
/// <param name="RejectedByReason">Events that became no state.</param>
/// <param name="OldestReceivedAtMicros">Earliest received-at; the largest number when the batch holds none.</param>
internal sealed record BatchSummary(
    BatchSize Size,
    IReadOnlyList<PartitionOffset> NextOffsets,
    IReadOnlyDictionary<int, long> AppendedAtMicros,
    IReadOnlyDictionary<string, int> RejectedByReason,
    long OldestReceivedAtMicros)
{
    /// <summary>Events that became no state.</summary>
    internal int Rejected => RejectedByReason.Values.Sum();
}
