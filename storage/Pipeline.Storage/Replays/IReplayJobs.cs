namespace Pipeline.Storage.Replays;

/// <summary>Keeps replays, so that one survives its process and a second process can steer it. Every change is audited.</summary>
/// <remarks>All members are thread-safe.</remarks>
public interface IReplayJobs
{
    /// <summary>Keeps a planned job with its pieces.</summary>
    ValueTask CreateAsync(ReplayJob job, IReadOnlyList<ReplaySource> sources, CancellationToken cancellationToken);

    /// <summary>The job, or null.</summary>
    ValueTask<ReplayJob?> FindAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Jobs, latest first.</summary>
    ValueTask<IReadOnlyList<ReplayJob>> ListAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Pieces that wait, in order.</summary>
    ValueTask<IReadOnlyList<ReplayPiece>> WaitingPiecesAsync(Guid id, int limit, CancellationToken cancellationToken);

    /// <summary>Pieces that are done and of which something failed, or that were refused.</summary>
    ValueTask<IReadOnlyList<ReplayPiece>> FailedPiecesAsync(Guid id, int limit, CancellationToken cancellationToken);

    /// <summary>Keeps what became of a piece; the job's counts follow. Doing it twice counts once.</summary>
    ValueTask FinishPieceAsync(Guid id, ReplayPiece piece, CancellationToken cancellationToken);

    /// <summary>Changes the state if it is one of those given, and audits who did it.</summary>
    /// <returns>Whether it was changed.</returns>
    ValueTask<bool> ChangeStateAsync(Guid id, IReadOnlyList<ReplayJobState> from, ReplayJobState to, string actor, string note, CancellationToken cancellationToken);

    /// <summary>Keeps how fast it goes and why.</summary>
    ValueTask ReportAsync(Guid id, double rate, string note, CancellationToken cancellationToken);

    /// <summary>Takes the right to run a job, which no other process has until it is disposed or this process dies; null when another has it.</summary>
    ValueTask<IAsyncDisposable?> TryLockAsync(Guid id, CancellationToken cancellationToken);
}
