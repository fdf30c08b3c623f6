using System.Threading.Channels;
using Npgsql;

namespace Pipeline.Buffer.Postgres;

/// <summary>Writes appends in groups: whatever arrived while one transaction committed goes into the next.</summary>
/// <remarks>
/// There is no linger: an idle log writes a single record at once, a busy one shares each fsync among many. The queue is bounded in bytes and
/// records; a full one answers Busy. Every append is answered within <see cref="PostgresLogOptions.AppendTimeout"/>, whatever the server does.
/// A transaction whose outcome is unknown answers Unavailable: its records may be in the log, and a repeat is harmless. The next group
/// uses another connection.
/// </remarks>
internal sealed class PostgresAppender : IAsyncDisposable
{
    // After a failure, appends gather for a moment, so that a dead server costs an attempt per moment and not one per append.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    private readonly NpgsqlDataSource _source;
    private readonly PostgresLogOptions _options;
    private readonly TimeProvider _clock;
    private readonly Channel<PendingAppend> _queue = Channel.CreateUnbounded<PendingAppend>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ReconnectPause _pause = new(FirstPause, LongestPause);
    private readonly Task _loop;
    private long _queuedBytes;
    private int _queuedRecords;

    internal PostgresAppender(NpgsqlDataSource source, PostgresLogOptions options, TimeProvider clock)
    {
        _source = source;
        _options = options;
        _clock = clock;
        _loop = Task.Run(RunAsync);
    }

    internal ValueTask<AppendResult> AppendAsync(PendingAppend append, CancellationToken cancellationToken)
    {
        if (append.Value.Length > _options.MaxRecordBytes)
        {
            return Refused(append, AppendOutcome.TooLarge, $"{append.Value.Length} bytes, MaxRecordBytes is {_options.MaxRecordBytes}");
        }

        var bytes = Interlocked.Add(ref _queuedBytes, append.Value.Length);
        var records = Interlocked.Increment(ref _queuedRecords);
        if (bytes > _options.MaxQueuedBytes || records > _options.MaxQueuedRecords)
        {
            Dequeued(append);
            return Refused(
                append,
                AppendOutcome.Busy,
                bytes > _options.MaxQueuedBytes ? $"MaxQueuedBytes ({_options.MaxQueuedBytes}) are waiting" : $"MaxQueuedRecords ({_options.MaxQueuedRecords}) are waiting");
        }

        append.StartDeadline(_clock, _options.AppendTimeout);
        if (!_queue.Writer.TryWrite(append))
        {
            Dequeued(append);
            append.Dispose();
            return Refused(append, AppendOutcome.Unavailable, "the log is closed");
        }

        return new ValueTask<AppendResult>(append.Task.WaitAsync(cancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        // What is queued is still written: its callers wait for an answer.
        _queue.Writer.TryComplete();
        await _loop;
    }

    private static ValueTask<AppendResult> Refused(PendingAppend append, AppendOutcome outcome, string reason) =>
        ValueTask.FromResult(AppendResult.Failed(outcome, append.Partition, reason));

    private async Task RunAsync()
    {
        var taken = new List<PendingAppend>();
        var group = new AppendGroup(_options.Topic);
        while (await _queue.Reader.WaitToReadAsync())
        {
            Take(taken, group);
            var isWritten = await TryWriteAsync(group);
            foreach (var append in taken)
            {
                append.Dispose();
                Dequeued(append);
            }

            if (isWritten)
            {
                _pause.Reset();
            }
            else
            {
                await Task.Delay(_pause.Next(), _clock);
            }
        }
    }

    private void Take(List<PendingAppend> taken, AppendGroup group)
    {
        taken.Clear();
        group.Clear();
        var bytes = 0;
        while (bytes < _options.MaxTransactionBytes && group.Count < _options.MaxTransactionRecords && _queue.Reader.TryRead(out var append))
        {
            taken.Add(append);
            if (!append.IsAnswered)
            {
                group.Add(append);
                bytes += append.Value.Length;
            }
        }
    }

    private async Task<bool> TryWriteAsync(AppendGroup group)
    {
        if (group.Count == 0)
        {
            return true;
        }

        using var deadline = new CancellationTokenSource(_options.WriteTimeout, _clock);
        try
        {
            await group.WriteAsync(_source, deadline.Token);
            return true;
        }
        catch (Exception fault)
        {
            // Whatever it is, it is the answer to these appends; a loop that ended here would leave all later ones without any.
            group.Fail(fault.Message);
            return false;
        }
    }

    private void Dequeued(PendingAppend append)
    {
        Interlocked.Add(ref _queuedBytes, -append.Value.Length);
        Interlocked.Decrement(ref _queuedRecords);
    }
}
