using Pipeline.Buffer;
using Pipeline.Schemas;
using Pipeline.Schemas.Records;

namespace Pipeline.Cli.Queries;

/// <summary>What is in the log but not committed by the writer group: accepted and on its way.</summary>
internal sealed class LogTail(IEventLog log)
{
    internal async IAsyncEnumerable<(BufferedRecord Source, BufferRecord Record)> ReadAsync(
        IReadOnlyList<PartitionPosition> positions,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var position in positions)
        {
            var from = Math.Max(position.FirstOffset, position.CommittedOffset ?? position.FirstOffset);
            if (from >= position.EndOffset)
            {
                continue;
            }

            await foreach (var source in log.ReadRangeAsync(position.Partition, from, position.EndOffset, cancellationToken))
            {
                if (BufferRecordCodec.TryDecode(source.Headers, source.Value, out var record) == RecordDecodeOutcome.Decoded)
                {
                    yield return (source, record!);
                }
            }
        }
    }

    internal async ValueTask<IReadOnlyList<PartitionPosition>> PositionsAsync(CancellationToken cancellationToken)
    {
        await log.OpenAsync(cancellationToken);
        return await log.ReadPositionsAsync(TopicNames.WriterGroup, cancellationToken);
    }
}
