using Pipeline.Buffer;

namespace Pipeline.Consumers.Stalls;

/// <summary>A reader that tells its member's watch what is read and committed.</summary>
internal sealed class WatchedReader(IEventLogReader reader, MemberWatch watch) : IEventLogReader
{
    // A backend that neither answers nor gives up within that time hangs; its own timeouts are seconds.
    private static readonly TimeSpan CommitLimit = TimeSpan.FromMinutes(1);

    public IReadOnlyCollection<int> AssignedPartitions => reader.AssignedPartitions;

    public async ValueTask<ReadResult> ReadAsync(int maxBytes, TimeSpan maxWait, CancellationToken cancellationToken)
    {
        watch.Does("reading");
        var result = await reader.ReadAsync(maxBytes, maxWait, cancellationToken);
        if (result.Records.Count > 0)
        {
            watch.Does("folding what it read");
            var last = -1;
            for (var i = 0; i < result.Records.Count; i++)
            {
                // Records come in runs of a partition.
                if (result.Records[i].Partition != last)
                {
                    last = result.Records[i].Partition;
                    watch.Moved(last);
                }
            }
        }

        return result;
    }

    public async ValueTask<CommitOutcome> CommitAsync(IReadOnlyCollection<PartitionOffset> nextOffsets, CancellationToken cancellationToken)
    {
        watch.Waits("committing", CommitLimit);
        var outcome = await reader.CommitAsync(nextOffsets, cancellationToken);
        if (outcome == CommitOutcome.Unavailable)
        {
            watch.Waits("waiting to repeat a commit", CommitLimit);
            return outcome;
        }

        if (outcome == CommitOutcome.Committed)
        {
            foreach (var next in nextOffsets)
            {
                watch.Committed(next);
            }
        }

        watch.WaitEnded("done with a commit");
        return outcome;
    }

    public async ValueTask DisposeAsync()
    {
        watch.Left();
        await reader.DisposeAsync();
    }
}
