using Pipeline.Schemas.Records;

namespace Pipeline.Buffer.Postgres;

/// <summary>One append that waits for its transaction.</summary>
internal sealed class PendingAppend(int partition, string key, RecordHeaders headers, byte[] value)
{
    private readonly TaskCompletionSource<AppendResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal int Partition => partition;

    internal string Key => key;

    internal RecordHeaders Headers => headers;

    internal byte[] Value => value;

    internal long Offset { get; set; }

    internal Task<AppendResult> Task => _done.Task;

    internal void Complete() => _done.TrySetResult(AppendResult.Appended(partition, Offset));

    internal void Fail(string reason) => _done.TrySetResult(AppendResult.Failed(AppendOutcome.Unavailable, partition, reason));
}
