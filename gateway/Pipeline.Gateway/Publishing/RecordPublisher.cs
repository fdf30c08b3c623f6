using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Pipeline.Buffer;
using Pipeline.Gateway.Routing;
using Pipeline.Schemas.Records;

namespace Pipeline.Gateway.Publishing;

/// <summary>Appends all records of a request at once and waits, for a bounded time, until the log has every one.</summary>
/// <remarks>
/// Thread-safe. A request that is given up on may still be in the log: the client sends it again and the merge folds both. Records are
/// appended together, not one after the other, so that a request waits for its slowest partition and not for their sum.
/// </remarks>
internal sealed class RecordPublisher(
    IEventLog log,
    LogGate gate,
    AppendHealth health,
    GatewayOptions options,
    GatewayMetrics metrics,
    TimeProvider clock,
    ILogger<RecordPublisher> logger)
{
    private static readonly string SchemaVersionText = SchemaVersion.Current.ToString();
    private static readonly TimeSpan LeastWait = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(10);

    // A deadline per request would be two allocations and a timer; a source that did not fire can be used again.
    private readonly ConcurrentBag<CancellationTokenSource> _deadlines = [];
    private readonly Lock _lock = new();
    private long _failedSinceLog;
    private long _lastLog = long.MinValue;

    /// <summary>Partitions to route to; 0 until the log is open.</summary>
    internal int PartitionCount => gate.IsOpen ? log.PartitionCount : 0;

    /// <summary>Appends the records.</summary>
    /// <param name="records">The records of one request.</param>
    /// <param name="traceParent">Its trace context.</param>
    /// <param name="waited">How long it waited for its key already; the log gets the rest of the time.</param>
    internal async ValueTask<PublishOutcome> PublishAsync(List<RoutedRecord> records, string? traceParent, TimeSpan waited)
    {
        if (!gate.IsOpen)
        {
            return PublishOutcome.Unavailable;
        }

        var startedAt = clock.GetTimestamp();
        var deadline = _deadlines.TryTake(out var idle) ? idle : new CancellationTokenSource();
        deadline.CancelAfter(TimeLeft(waited));
        try
        {
            var headers = new RecordHeaders(SchemaVersionText, traceParent);
            return records.Count == 1
                ? await AppendOneAsync(records[0], headers, deadline.Token)
                : await AppendAllAsync(records, headers, deadline.Token);
        }
        finally
        {
            metrics.AppendsFinished(clock.GetElapsedTime(startedAt));
            if (deadline.TryReset())
            {
                _deadlines.Add(deadline);
            }
            else
            {
                deadline.Dispose();
            }
        }
    }

    // A log that is well confirms within milliseconds: some of them are left whatever the key took.
    private TimeSpan TimeLeft(TimeSpan waited) =>
        options.AppendTimeout - waited is var left && left > LeastWait ? left : options.AppendTimeout < LeastWait ? options.AppendTimeout : LeastWait;

    private async ValueTask<PublishOutcome> AppendOneAsync(RoutedRecord record, RecordHeaders headers, CancellationToken deadline) =>
        await FinishAsync(log.AppendAsync(record.Partition, record.Key, headers, record.Value, deadline));

    private async ValueTask<PublishOutcome> AppendAllAsync(List<RoutedRecord> records, RecordHeaders headers, CancellationToken deadline)
    {
        var appends = ArrayPool<Task<AppendResult>>.Shared.Rent(Math.Max(records.Count, 1));
        try
        {
            for (var index = 0; index < records.Count; index++)
            {
                var record = records[index];
                appends[index] = log.AppendAsync(record.Partition, record.Key, headers, record.Value, deadline).AsTask();
            }

            // Every append is awaited even after a failure: a result nobody takes is a fault nobody sees.
            var worst = PublishOutcome.Published;
            for (var index = 0; index < records.Count; index++)
            {
                var outcome = await FinishAsync(new ValueTask<AppendResult>(appends[index]));
                worst = outcome > worst ? outcome : worst;
            }

            return worst;
        }
        finally
        {
            ArrayPool<Task<AppendResult>>.Shared.Return(appends, clearArray: true);
        }
    }

    private async ValueTask<PublishOutcome> FinishAsync(ValueTask<AppendResult> append)
    {
        AppendResult result;
        try
        {
            result = await append;
        }
        catch (OperationCanceledException)
        {
            result = AppendResult.Failed(AppendOutcome.Unavailable, -1, "no confirmation in time");
        }

        metrics.RecordAppended(result.Outcome);
        if (result.Outcome == AppendOutcome.Appended)
        {
            health.Confirmed();
            return PublishOutcome.Published;
        }

        if (result.Outcome == AppendOutcome.Unavailable)
        {
            health.NotConfirmed();
        }

        CountFailure(result.Reason ?? "no reason given");
        return result.Outcome == AppendOutcome.TooLarge ? PublishOutcome.TooLarge : PublishOutcome.Unavailable;
    }

    // A dead log fails every request: one line in ten seconds says it as well as a thousand.
    private void CountFailure(string reason)
    {
        long failed;
        lock (_lock)
        {
            _failedSinceLog++;
            var now = clock.GetTimestamp();
            if (_lastLog != long.MinValue && clock.GetElapsedTime(_lastLog, now) < LogInterval)
            {
                return;
            }

            _lastLog = now;
            failed = _failedSinceLog;
            _failedSinceLog = 0;
        }

        Log.AppendsFailing(logger, failed, LogInterval.TotalSeconds, reason);
    }
}
