using Pipeline.Schemas.Records;

namespace Pipeline.Buffer.Postgres;

/// <summary>One append that waits for its transaction, but no longer than its deadline.</summary>
internal sealed class PendingAppend(int partition, string key, RecordHeaders headers, byte[] value) : IDisposable
{
    private readonly TaskCompletionSource<AppendResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _deadline;

    internal int Partition => partition;

    internal string Key => key;

    internal RecordHeaders Headers => headers;

    internal byte[] Value => value;

    internal Task<AppendResult> Task => _done.Task;

    /// <summary>Whether the caller was answered already: it is not worth writing any more.</summary>
    internal bool IsAnswered => _done.Task.IsCompleted;

    /// <summary>Answers Unavailable when nothing else did by then, whatever the writing loop is stuck in.</summary>
    internal void StartDeadline(TimeProvider clock, TimeSpan timeout) => _deadline = clock.CreateTimer(
        _ => Fail($"not confirmed within AppendTimeout ({timeout.TotalSeconds:0.###} s)"), state: null, timeout, Timeout.InfiniteTimeSpan);

    internal void Complete(long offset) => _done.TrySetResult(AppendResult.Appended(partition, offset));

    internal void Fail(string reason) => _done.TrySetResult(AppendResult.Failed(AppendOutcome.Unavailable, partition, reason));

    public void Dispose() => _deadline?.Dispose();
}
