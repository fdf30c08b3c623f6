using Pipeline.Buffer;
using Pipeline.Schemas;
using Pipeline.Schemas.Records;

namespace Pipeline.Replay.Running;

/// <summary>The topic that replayed records take, beside live traffic and read by the same group.</summary>
public sealed class ReplayLane(IEventLog log, string group, TimeProvider clock)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    /// <summary>Appends a record, however long the log is away; a record that the log can never take is an outcome.</summary>
    /// <returns>Its place; null when it is larger than the log takes.</returns>
    internal async ValueTask<PartitionOffset?> AppendAsync(BufferRecord record, int sourcePartition, CancellationToken cancellationToken)
    {
        await log.OpenAsync(cancellationToken);
        var headers = new RecordHeaders(SchemaVersion.Current.ToString(), null);
        while (true)
        {
            // The log owns the array, so every attempt has its own.
            var result = await log.AppendAsync(sourcePartition % log.PartitionCount, record.RecordId.ToString(), headers, BufferRecordCodec.Encode(record), cancellationToken);
            switch (result.Outcome)
            {
                case AppendOutcome.Appended:
                    return new PartitionOffset(result.Partition, result.Offset);
                case AppendOutcome.TooLarge:
                    return null;
                default:
                    // Appending twice stores once.
                    await Task.Delay(RetryPause, clock, cancellationToken);
                    break;
            }
        }
    }

    /// <summary>Records that the group has not committed; 0 when that cannot be told.</summary>
    internal async ValueTask<long> ReadBacklogAsync(CancellationToken cancellationToken)
    {
        try
        {
            await log.OpenAsync(cancellationToken);
            return (await log.ReadPositionsAsync(group, cancellationToken)).Sum(position => position.Lag);
        }
        catch (EventLogUnavailableException)
        {
            return 0;
        }
    }

    /// <summary>Waits until the group has committed all of these places: what they hold is then worked off and has its receipts.</summary>
    internal async Task WaitUntilCommittedAsync(IReadOnlyCollection<PartitionOffset> places, CancellationToken cancellationToken)
    {
        var ends = places.GroupBy(place => place.Partition).ToDictionary(group => group.Key, group => group.Max(place => place.Offset) + 1);
        while (ends.Count > 0 && !await IsCommittedAsync(ends, cancellationToken))
        {
            await Task.Delay(PollInterval, clock, cancellationToken);
        }
    }

    private async ValueTask<bool> IsCommittedAsync(Dictionary<int, long> ends, CancellationToken cancellationToken)
    {
        try
        {
            var positions = await log.ReadPositionsAsync(group, cancellationToken);
            return ends.All(end => positions.Any(position => position.Partition == end.Key && position.CommittedOffset >= end.Value));
        }
        catch (EventLogUnavailableException)
        {
            return false;
        }
    }
}
