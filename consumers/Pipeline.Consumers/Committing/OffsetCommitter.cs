using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Pipeline.Buffer;

namespace Pipeline.Consumers.Committing;

/// <summary>Commits offsets of what is stored, and keeps those the log did not confirm until it does.</summary>
/// <remarks>Belongs to one reader; one call at a time. It is given offsets only after their insert is confirmed, so it cannot run ahead of it.</remarks>
internal sealed class OffsetCommitter(IEventLogReader reader, ConsumerMetrics metrics, ILogger logger)
{
    private readonly Dictionary<int, long> _pending = [];

    /// <summary>Whether something is stored that the log did not confirm as committed.</summary>
    internal bool HasPending => _pending.Count > 0;

    /// <summary>Commits these and whatever is pending.</summary>
    internal async Task<CommitOutcome> CommitAsync(IReadOnlyList<PartitionOffset> nextOffsets, CancellationToken cancellationToken)
    {
        foreach (var next in nextOffsets)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_pending, next.Partition, out _) = next.Offset;
        }

        var offsets = new PartitionOffset[_pending.Count];
        var index = 0;
        foreach (var pending in _pending)
        {
            offsets[index++] = new PartitionOffset(pending.Key, pending.Value);
        }

        var outcome = await reader.CommitAsync(offsets, cancellationToken);
        metrics.OffsetsCommitted(outcome);
        switch (outcome)
        {
            case CommitOutcome.Committed:
                _pending.Clear();
                break;
            case CommitOutcome.Fenced:
                // What moved away is read again by its new owner, and what stayed is committed.
                _pending.Clear();
                Log.CommitFenced(logger, offsets.Length);
                break;
            default:
                Log.CommitNotConfirmed(logger, offsets.Length);
                break;
        }

        return outcome;
    }
}
