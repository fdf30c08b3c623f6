using Pipeline.Buffer;
using Pipeline.Storage.Batches;

namespace Pipeline.Consumers.Batching;

/// <summary>What remains of a batch once it is encoded: enough to commit, to count and, when the store refuses it, to make it anew.</summary>
/// <param name="Size">How much it holds.</param>
/// <param name="Records">The records it was made from: its states are let go of, and made again from these in the rare case that they are needed.</param>
/// <param name="NextOffsets">Per partition, the offset behind the last record in it.</param>
/// <param name="AppendedAtMicros">Per partition, when the log took that record.</param>
/// <param name="Rejected">Events that became no state.</param>
/// <param name="OldestReceivedAtMicros">Earliest received-at; the largest number when the batch holds none.</param>
internal sealed record BatchSummary(
    BatchSize Size,
    IReadOnlyList<BufferedRecord> Records,
    IReadOnlyList<PartitionOffset> NextOffsets,
    IReadOnlyDictionary<int, long> AppendedAtMicros,
    IReadOnlyList<RejectedEvent> Rejected,
    long OldestReceivedAtMicros);
