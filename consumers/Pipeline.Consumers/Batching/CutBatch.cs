using Pipeline.Buffer;
using Pipeline.Storage.Batches;

namespace Pipeline.Consumers.Batching;

/// <summary>A batch that is closed: what to store, and what may be committed once it is stored.</summary>
/// <param name="States">What to store.</param>
/// <param name="NextOffsets">Per partition, the offset behind the last record in it.</param>
/// <param name="Records">Records in it.</param>
/// <param name="Events">Events and spans in it.</param>
/// <param name="Bytes">Bytes of its records.</param>
/// <param name="OldestReceivedAtMicros">Earliest received-at.</param>
internal sealed record CutBatch(
    StateBatch States,
    IReadOnlyCollection<PartitionOffset> NextOffsets,
    int Records,
    int Events,
    long Bytes,
    long OldestReceivedAtMicros);
