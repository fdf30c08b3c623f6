using Pipeline.Buffer;
using Pipeline.Storage.Archiving;
using Pipeline.Storage.Failures;
using Pipeline.Storage.Replays;

namespace Pipeline.Replay.Reading;

/// <summary>Reads the records of a piece: from the failure store or the archive, verified, or from the log while it still holds them.</summary>
/// <param name="failures">The failure store.</param>
/// <param name="index">Its index.</param>
/// <param name="log">The live log.</param>
/// <param name="archive">The archive; null where none is kept.</param>
public sealed class PieceReader(FailureStore failures, IFailedBatchIndex index, IEventLog log, ArchiveReader? archive = null)
{
    // Where a partition begins is the same for every group.
    private const string AnyGroup = "pipeline.replay.reader";

    /// <exception cref="PieceRefusedException">The source is damaged or gone.</exception>
    /// <exception cref="Storage.ObjectStores.ObjectStoreException">The object store does not answer.</exception>
    /// <exception cref="EventLogUnavailableException">The log does not answer.</exception>
    internal async Task<PieceContent> ReadAsync(ReplaySource source, CancellationToken cancellationToken) => source.BatchId is { } batchId
        ? await ReadBatchAsync(batchId, cancellationToken)
        : source.IsArchived ? await ReadArchiveAsync(source, cancellationToken)
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
        await log.OpenAsync(cancellationToken);
        var held = (await log.ReadPositionsAsync(AnyGroup, cancellationToken)).FirstOrDefault(position => position.Partition == source.Partition);
        if (held.FirstOffset > source.FromOffset)
        {
            throw new PieceRefusedException($"{source}: the log holds this partition from {held.FirstOffset} only; plan again, the archive may have the rest");
        }

        var records = new List<BufferedRecord>();
        await foreach (var record in log.ReadRangeAsync(source.Partition, source.FromOffset, source.ToOffset, cancellationToken))
        {
            records.Add(record);
        }

        return records.Count > 0 ? new PieceContent(records, null) : throw new PieceRefusedException($"{source}: the log no longer holds these offsets");
    }

    private async Task<PieceContent> ReadArchiveAsync(ReplaySource source, CancellationToken cancellationToken)
    {
        if (archive is null)
        {
            throw new PieceRefusedException($"{source}: there is no archive here");
        }

        try
        {
            var records = await archive.ReadAsync(source.Topic, source.Partition, source.FromOffset, source.ToOffset, cancellationToken);
            return new PieceContent([.. records.Select(SourceOf)], null);
        }
        catch (ArchiveDamagedException damaged)
        {
            throw new PieceRefusedException(damaged.Message, damaged);
        }
    }

    private static BufferedRecord SourceOf(ArchivedRecord record) =>
        new(record.Topic, record.Partition, record.Offset, record.AppendedAtMicros, record.Headers, record.Value);

    private static BufferedRecord SourceOf(FailedRecord record) =>
        new(record.Topic, record.Partition, record.Offset, record.AppendedAtMicros, record.Headers, record.Value);
}
