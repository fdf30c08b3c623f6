using Pipeline.Buffer;
using Pipeline.Storage.Failures;
using Pipeline.Storage.Replays;

namespace Pipeline.Replay.Reading;

/// <summary>Reads the records of a piece: from the failure store, verified, or from the log while it still holds them.</summary>
public sealed class PieceReader(FailureStore failures, IFailedBatchIndex index, IEventLog log)
{
    /// <exception cref="PieceRefusedException">The source is damaged or gone.</exception>
    /// <exception cref="Storage.ObjectStores.ObjectStoreException">The object store does not answer.</exception>
    /// <exception cref="EventLogUnavailableException">The log does not answer.</exception>
    internal async Task<PieceContent> ReadAsync(ReplaySource source, CancellationToken cancellationToken) => source.BatchId is { } batchId
        ? await ReadBatchAsync(batchId, cancellationToken)
        : await ReadRangeAsync(source, cancellationToken);

    private async Task<PieceContent> ReadBatchAsync(Guid batchId, CancellationToken cancellationToken)
    {
        var manifest = await index.FindAsync(batchId, cancellationToken)
            ?? throw new PieceRefusedException($"failed batch {batchId} is not in the index, or its manifest is damaged");
        try
        {
            var records = await failures.ReadAsync(manifest, cancellationToken);
            return new PieceContent([.. records.Select(SourceOf)], manifest);
        }
        catch (FailedBatchDamagedException damaged)
        {
            throw new PieceRefusedException(damaged.Message, damaged);
        }
    }

    private async Task<PieceContent> ReadRangeAsync(ReplaySource source, CancellationToken cancellationToken)
    {
        var records = new List<BufferedRecord>();
        await foreach (var record in log.ReadRangeAsync(source.Partition, source.FromOffset, source.ToOffset, cancellationToken))
        {
            records.Add(record);
        }

        return records.Count > 0 ? new PieceContent(records, null) : throw new PieceRefusedException($"{source}: the log no longer holds these offsets");
    }

    private static BufferedRecord SourceOf(FailedRecord record) =>
        new(record.Topic, record.Partition, record.Offset, record.AppendedAtMicros, record.Headers, record.Value);
}
