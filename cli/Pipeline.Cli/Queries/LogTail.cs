using Pipeline.Buffer;
using Pipeline.Schemas;
using Pipeline.Schemas.Records;

namespace Pipeline.Cli.Queries;

/// <summary>What is in a log but not committed by the group that stores it: accepted and on its way.</summary>
/// <param name="log">The log.</param>
/// <param name="group">The group.</param>
internal sealed class LogTail(IEventLog log, string group)
{
    internal string Topic => log.Topic;

    /// <summary>Of live records.</summary>
    internal static LogTail Live(IEventLog log, string group = TopicNames.WriterGroup) => new(log, group);

    /// <summary>Of replayed records.</summary>
    internal static LogTail Replay(IEventLog log, string group = TopicNames.WriterGroup) => new(log, TopicNames.ReplayOf(group));

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
        return await log.ReadPositionsAsync(group, cancellationToken);
    }
}
