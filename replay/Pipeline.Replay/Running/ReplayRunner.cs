using System.Runtime.CompilerServices;
using Pipeline.Storage.Replays;

namespace Pipeline.Replay.Running;

/// <summary>Runs a planned replay to its end, or until a person pauses or cancels it; resumes one whose process died.</summary>
public sealed class ReplayRunner(IReplayJobs jobs, GroupReplay groups, LiveTraffic live, TimeProvider clock)
{
    // Enough small pieces to fill a group, few enough that a pause takes effect soon.
    private const int PiecesPerGroup = 100;

    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);

    /// <summary>Runs it.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="actor">Who runs it.</param>
    /// <param name="progress">Told about the job once a second and at its end.</param>
    /// <param name="cancellationToken">Stops it where it is; running it again resumes.</param>
    /// <returns>The job at the end; null when another process runs it, or there is none.</returns>
    public async Task<ReplayJob?> RunAsync(Guid jobId, string actor, Action<ReplayJob>? progress, CancellationToken cancellationToken)
    {
        await using var right = await jobs.TryLockAsync(jobId, cancellationToken);
        if (right is null || await jobs.FindAsync(jobId, cancellationToken) is not { } job)
        {
            return null;
        }

        if (!await jobs.ChangeStateAsync(jobId, [ReplayJobState.Planned, ReplayJobState.Running, ReplayJobState.Paused], ReplayJobState.Running, actor, "", cancellationToken))
        {
            return job;
        }

        using var rate = new ReplayRate(job.Limits, clock);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = RunPiecesAsync(job, rate, stopping.Token);
        var watching = WatchAsync(jobId, rate, progress, stopping.Token);

        // Nothing is replayed unwatched: whichever ends first ends the other.
        await Task.WhenAny(running, watching);
        await stopping.CancelAsync();
        try
        {
            await Task.WhenAll(running, watching);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Somebody paused or cancelled it: what was in flight is done from its beginning when it is resumed.
        }

        await FinishAsync(jobId, actor, cancellationToken);
        var end = await jobs.FindAsync(jobId, cancellationToken);
        progress?.Invoke(end!);
        return end;
    }

    private async Task RunPiecesAsync(ReplayJob job, ReplayRate rate, CancellationToken cancellationToken)
    {
        // The canary: a few pieces alone, and nothing more when any of them fails.
        for (var number = job.PiecesDone; number < Math.Min(job.Limits.CanaryPieces, job.Pieces); number++)
        {
            if (await jobs.WaitingPiecesAsync(job.Id, 1, cancellationToken) is not [var canary])
            {
                return;
            }

            // One that does not pass is not done with: resuming begins with it again.
            var tried = canary;
            await groups.RunAsync(job, [canary], rate, piece => Task.FromResult(tried = piece), cancellationToken);
            if (tried.State == ReplayPieceState.Refused || tried.Counts.Failed > 0)
            {
                var what = tried.Error ?? $"{tried.Counts.Failed} of {tried.Counts.Attempted} events failed again";
                await jobs.ChangeStateAsync(job.Id, [ReplayJobState.Running], ReplayJobState.Paused, job.Actor, $"the canary {canary.Source} did not pass: {what}", cancellationToken);
                return;
            }

            await jobs.FinishPieceAsync(job.Id, tried, cancellationToken);
        }

        await Parallel.ForEachAsync(
            WaitingAsync(job, cancellationToken),
            new ParallelOptions { MaxDegreeOfParallelism = job.Limits.Concurrency, CancellationToken = cancellationToken },
            async (group, token) => await groups.RunAsync(job, group, rate, piece => jobs.FinishPieceAsync(job.Id, piece, token).AsTask(), token));
    }

    // Begins no group once the job was paused or cancelled; the watch stops those in flight.
    private async IAsyncEnumerable<IReadOnlyList<ReplayPiece>> WaitingAsync(ReplayJob job, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var last = -1;
        while ((await jobs.FindAsync(job.Id, cancellationToken))?.State == ReplayJobState.Running)
        {
            // Groups in flight still count as waiting, so the next ones are looked for behind them.
            var group = (await jobs.WaitingPiecesAsync(job.Id, PiecesPerGroup * (job.Limits.Concurrency + 2), cancellationToken))
                .Where(piece => piece.Number > last).Take(PiecesPerGroup).ToList();
            if (group.Count == 0)
            {
                yield break;
            }

            last = group[^1].Number;
            yield return group;
        }
    }

    private async Task WatchAsync(Guid jobId, ReplayRate rate, Action<ReplayJob>? progress, CancellationToken stopping)
    {
        try
        {
            while (await jobs.FindAsync(jobId, stopping) is { State: ReplayJobState.Running } job)
            {
                var (lag, pressure) = await live.ReadAsync(stopping);
                var (share, note) = YieldRule.ShareOf(lag, pressure);
                rate.Share = share;
                if (note.Length == 0 && await groups.ReadBacklogAsync(stopping) is > 0 and var backlog)
                {
                    note = $"{backlog} records are in the replay lane and not stored yet";
                }

                await jobs.ReportAsync(jobId, rate.RecordsPerSecond, note, stopping);
                progress?.Invoke(job with { Rate = rate.RecordsPerSecond, Note = note });
                await Task.Delay(WatchInterval, clock, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The pieces are done, or stopped.
        }
    }

    private async Task FinishAsync(Guid jobId, string actor, CancellationToken cancellationToken)
    {
        if (await jobs.WaitingPiecesAsync(jobId, 1, cancellationToken) is { Count: 0 })
        {
            var hasFailures = (await jobs.FailedPiecesAsync(jobId, 1, cancellationToken)).Count > 0;
            await jobs.ChangeStateAsync(jobId, [ReplayJobState.Running], hasFailures ? ReplayJobState.FinishedWithFailures : ReplayJobState.Finished, actor, "", cancellationToken);
        }

        await jobs.ReportAsync(jobId, 0, (await jobs.FindAsync(jobId, cancellationToken))!.Note, cancellationToken);
    }
}
