using Pipeline.Buffer;
using Pipeline.Consumers.Batching;
using Pipeline.Consumers.Committing;
using Pipeline.Consumers.Pressure;

namespace Pipeline.Consumers.Inserting;

/// <summary>Everything between one reader and a store: one batch filling, one on its way. Lives as long as its reader.</summary>
/// <remarks>
/// While batch n is on its way, batch n+1 is read, folded and encoded; it then waits for n, and nothing more is read. So at most one insert
/// is in flight, at most one encoded batch waits, and offsets are committed in order.
/// </remarks>
internal sealed class BatchPipeline(WriterMember member, IEventLogReader reader, IBatchSink sink)
{
    // One read gives at most a sixth of a batch, so that a batch never overshoots its limit by much.
    private const int MaxReadBytes = 4 * 1024 * 1024;

    // Between two looks at a hand-over or a commit that is not confirmed.
    private static readonly TimeSpan RecheckPause = TimeSpan.FromMilliseconds(50);

    private readonly OffsetCommitter _committer = new(reader, member.Metrics, member.Logger);
    private Task _storing = Task.CompletedTask;
    private long _openedAt;

    /// <summary>Reads and stores until the host stops, then finishes what is in hand.</summary>
    /// <exception cref="UnreadableRecordException">A newer version wrote a record; what precedes it is stored and committed.</exception>
    /// <exception cref="EventLogUnavailableException">A new reader is needed; what is not committed is read again.</exception>
    internal async Task RunAsync(CancellationToken stopping)
    {
        // Once the host stops, what is in hand still has this long to be stored and committed.
        using var abandon = new CancellationTokenSource();
        await using var drainTimer = member.Clock.CreateTimer(
            static state => ((CancellationTokenSource)state!).Cancel(), abandon, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await using var whenStopping = stopping.Register(() => drainTimer.Change(member.Options.DrainTimeout, Timeout.InfiniteTimeSpan));
        try
        {
            await ReadUntilStoppedAsync(stopping, abandon.Token);
            await FinishAsync(abandon.Token);
        }
        catch (UnreadableRecordException unreadable)
        {
            Log.RecordUnreadable(member.Logger, unreadable.Message);
            drainTimer.Change(member.Options.DrainTimeout, Timeout.InfiniteTimeSpan);
            await FinishOrAbandonAsync(abandon.Token);
            throw;
        }
        catch (OperationCanceledException) when (abandon.IsCancellationRequested)
        {
            Log.BatchAbandoned(member.Logger, member.Options.DrainTimeout.TotalSeconds);
            throw;
        }
        catch
        {
            // The insert under way must not outlive its reader; its own fault is reported by the loop's.
            abandon.Cancel();
            await _storing.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw;
        }
    }

    private async Task ReadUntilStoppedAsync(CancellationToken stopping, CancellationToken abandon)
    {
        while (!stopping.IsCancellationRequested)
        {
            if (_storing.IsCompleted)
            {
                // A fault of the store's side ends the loop, also when there is nothing more to store.
                await _storing;
            }

            var read = await ReadAsync(stopping);
            member.Heartbeat.Beat();
            Take(read.Records);
            var isIdle = read.Records.Count == 0;
            member.Progress.Turned(member.Id, isIdle && sink.IsEmpty && _storing.IsCompleted);
            if (sink.IsDue(Age, isIdle, read.FlushRequested))
            {
                await SpareStoreAsync(read.FlushRequested, stopping);
                await StoreNextAsync(abandon);
            }

            if (read.FlushRequested || (isIdle && _storing.IsCompleted && _committer.HasPending))
            {
                await SettleAsync(stopping, abandon);
            }
        }
    }

    private TimeSpan Age => sink.IsEmpty ? TimeSpan.Zero : member.Clock.GetElapsedTime(_openedAt);

    private async ValueTask<ReadResult> ReadAsync(CancellationToken stopping)
    {
        // With something in hand, come back in time to cut it.
        var wait = sink.IsEmpty ? member.Options.FlushInterval : member.Options.IdleFlushInterval;
        try
        {
            return await reader.ReadAsync(MaxReadBytes, wait, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return new ReadResult([], FlushRequested: false);
        }
    }

    private void Take(IReadOnlyList<BufferedRecord> records)
    {
        if (records.Count == 0)
        {
            return;
        }

        if (sink.IsEmpty)
        {
            _openedAt = member.Clock.GetTimestamp();
        }

        for (var i = 0; i < records.Count; i++)
        {
            sink.Add(records[i]);
        }

        member.StepKill.Pass("after_read");
    }

    // A full batch waits for no interval of its own: near the store's limit nothing but a pause makes inserts rarer. A hand-over does not wait.
    private async Task SpareStoreAsync(bool isFlushRequested, CancellationToken stopping)
    {
        if (member.Progress.Pressure.Level != PressureLevel.Paced || isFlushRequested)
        {
            return;
        }

        var watch = member.Progress.Stalls.Member(member.Id);
        try
        {
            await _storing;
            watch.Waits("sparing the store", 2 * member.Options.OverloadMinPause);
            await Task.Delay(member.Options.OverloadMinPause, member.Clock, stopping);
            member.Heartbeat.Beat();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The batch is stored within the time the host has left.
        }
        finally
        {
            watch.WaitEnded("sparing the store");
        }
    }

    private async Task StoreNextAsync(CancellationToken abandon)
    {
        var closed = sink.Close();
        try
        {
            await _storing;
        }
        catch
        {
            closed.Dispose();
            throw;
        }

        _storing = closed.StoreAsync(_committer, abandon);
    }

    // Partitions are leaving, or the log did not confirm a commit: nothing new is worth reading before that is settled.
    private async Task SettleAsync(CancellationToken stopping, CancellationToken abandon)
    {
        await _storing;
        if (_committer.HasPending)
        {
            await _committer.CommitAsync([], abandon);
            member.Heartbeat.Beat();
        }

        try
        {
            await Task.Delay(RecheckPause, member.Clock, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The loop sees it and finishes.
        }
    }

    private async Task FinishAsync(CancellationToken abandon)
    {
        if (!sink.IsEmpty)
        {
            await StoreNextAsync(abandon);
        }

        await _storing;
        if (_committer.HasPending)
        {
            await _committer.CommitAsync([], abandon);
        }
    }

    // The caller throws what stopped the loop; a store that is away as well only means that these records are read again.
    private async Task FinishOrAbandonAsync(CancellationToken abandon)
    {
        try
        {
            await FinishAsync(abandon);
        }
        catch (OperationCanceledException) when (abandon.IsCancellationRequested)
        {
            Log.BatchAbandoned(member.Logger, member.Options.DrainTimeout.TotalSeconds);
        }
    }
}
