using Pipeline.Buffer;
using Pipeline.Consumers.Committing;
using Pipeline.Consumers.Inserting;
using Pipeline.Consumers.Reading;
using Pipeline.Schemas;
using Pipeline.Storage;
using Pipeline.Storage.Archiving;
using Pipeline.Storage.ObjectStores;

namespace Pipeline.Consumers.Archiving;

/// <summary>Archives one cut and commits its offsets afterwards. An object store that is away is waited for: nothing is committed meanwhile.</summary>
internal sealed class ArchiveStorer(WriterMember member, ArchiveStore archive, ArchiveMetrics metrics)
{
    private string? _lastTrouble;

    /// <summary>Archives and commits.</summary>
    /// <exception cref="OperationCanceledException">The host stops; the cut was not committed and will be read again.</exception>
    internal async Task StoreAsync(IReadOnlyList<BufferedRecord> records, OffsetCommitter committer, CancellationToken stopping)
    {
        // The reading loop goes on at once; packing is not its business.
        await Task.Yield();
        var next = new Dictionary<int, long>();
        var appended = new Dictionary<int, long>();
        foreach (var record in records)
        {
            (next[record.Partition], appended[record.Partition]) = (record.Offset + 1, record.AppendedAtMicros);
        }

        foreach (var run in ArchiveRuns.Of(records))
        {
            await WriteAsync(run, stopping);
        }

        member.Progress.Stored(appended, UnixMicros.Now(member.Clock));
        member.StepKill.Pass("after_archive_before_commit");

        // A crash between the two reads the records again: the same cut is the same object, and another one overlaps with it.
        await committer.CommitAsync([.. next.Select(entry => new PartitionOffset(entry.Key, entry.Value))], stopping);
        member.Heartbeat.Beat();
        member.StepKill.Pass("after_commit");
    }

    private async Task WriteAsync(IReadOnlyList<ArchivedRecord> run, CancellationToken stopping)
    {
        var watch = member.Progress.Stalls.Member(member.Id);
        for (var attempts = 0; ; attempts++)
        {
            var startedAt = member.Clock.GetTimestamp();
            try
            {
                member.StepKill.Pass("before_archive");
                watch.Waits("archiving", GroupWorker.StuckAfter);
                var manifest = await archive.WriteAsync(run, stopping);
                member.Heartbeat.Beat();
                watch.WaitEnded("done with an object");
                metrics.Archived(manifest, member.Clock.GetElapsedTime(startedAt));
                Recovered();
                return;
            }
            catch (ObjectStoreException trouble)
            {
                member.Heartbeat.Beat();
                metrics.Refused();
                member.Progress.ArchiveFails(member.Id, "the object store does not take the archive");
                if (_lastTrouble != trouble.Message)
                {
                    _lastTrouble = trouble.Message;
                    Log.ArchiveUnavailable(member.Logger, trouble.Message);
                }
            }

            await member.PauseAsync(InsertRetryRule.PauseAfter(attempts, InsertOutcome.Unavailable, member.Options), stopping);
        }
    }

    private void Recovered()
    {
        member.Progress.StoreIsReachable();
        member.Progress.ArchiveTakesRecords(member.Id);
        if (_lastTrouble is not null)
        {
            _lastTrouble = null;
            Log.ArchiveRecovered(member.Logger);
        }
    }
}
