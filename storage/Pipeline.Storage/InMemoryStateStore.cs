using Pipeline.Storage.Batches;
using Pipeline.Storage.Merging;
using Pipeline.Storage.States;

namespace Pipeline.Storage;

/// <summary>A store in memory for tests: it merges states as the engine does, and answers what it is told to.</summary>
/// <remarks>
/// Thread-safe. A batch is copied when it is prepared, as an encoder does, so that the caller may go on with its states. Nothing is bounded:
/// it is not for production.
/// </remarks>
public sealed class InMemoryStateStore : IStateStore
{
    // Guards everything below; held for the merge of one batch, never across an await.
    private readonly Lock _lock = new();
    private readonly Queue<InsertResult> _scripted = [];
    private readonly Dictionary<ObservationKey, ObservationState> _observations = [];
    private readonly Dictionary<TraceKey, TraceState> _traces = [];
    private readonly Dictionary<ScoreKey, ScoreState> _scores = [];
    private readonly Dictionary<Guid, Receipt> _receipts = [];
    private readonly Dictionary<(string Project, long Minute, string Instance), AccountReport> _accounts = [];
    private readonly Dictionary<(string Topic, int Partition, long Offset, int Position), RejectedEvent> _rejected = [];

    /// <summary>Whether the store answers at all; while false, every insert is <see cref="InsertOutcome.Unavailable"/>.</summary>
    /// <value>true.</value>
    public bool IsUp { get; set; } = true;

    /// <summary>Runs before each insert, for example to hold it or to cancel something; null for nothing.</summary>
    public Func<CancellationToken, Task>? BeforeInsert { get; set; }

    /// <summary>Whether an insert that is told to fail stores its rows all the same, as one whose answer was lost.</summary>
    /// <value>false.</value>
    public bool StoresWhenFailing { get; set; }

    /// <summary>Inserts attempted, whatever became of them.</summary>
    public int Attempts { get; private set; }

    /// <summary>Inserts that were confirmed.</summary>
    public int Inserts { get; private set; }

    /// <summary>Merged observations.</summary>
    public IReadOnlyDictionary<ObservationKey, ObservationState> Observations => Copy(_observations);

    /// <summary>Merged traces.</summary>
    public IReadOnlyDictionary<TraceKey, TraceState> Traces => Copy(_traces);

    /// <summary>Merged scores.</summary>
    public IReadOnlyDictionary<ScoreKey, ScoreState> Scores => Copy(_scores);

    /// <summary>The latest attempt's receipt of each record.</summary>
    public IReadOnlyDictionary<Guid, Receipt> Receipts => Copy(_receipts);

    /// <summary>The report with the largest sequence of each gateway, project and minute.</summary>
    public IReadOnlyCollection<AccountReport> Accounts => Copy(_accounts).Values;

    /// <summary>Events kept aside, one per position in the log.</summary>
    public IReadOnlyCollection<RejectedEvent> Rejected => Copy(_rejected).Values;

    /// <summary>Gives the next inserts these results, one each; afterwards they are stored again.</summary>
    public void AnswerNext(params ReadOnlySpan<InsertResult> results)
    {
        lock (_lock)
        {
            foreach (var result in results)
            {
                _scripted.Enqueue(result);
            }
        }
    }

    /// <inheritdoc />
    public IPreparedBatch Prepare(StateBatch batch) => new InMemoryBatch(batch);

    /// <inheritdoc />
    public async ValueTask<InsertResult> InsertAsync(IPreparedBatch batch, CancellationToken cancellationToken)
    {
        var prepared = (InMemoryBatch)batch;
        ObjectDisposedException.ThrowIf(prepared.IsDisposed, prepared);
        cancellationToken.ThrowIfCancellationRequested();
        if (BeforeInsert is { } before)
        {
            await before(cancellationToken);
        }

        lock (_lock)
        {
            Attempts++;
            var result = IsUp
                ? _scripted.TryDequeue(out var scripted) ? scripted : InsertResult.Inserted
                : new InsertResult(InsertOutcome.Unavailable, 0, "the store is down");
            if (result.Outcome == InsertOutcome.Inserted)
            {
                Inserts++;
            }

            if (result.Outcome == InsertOutcome.Inserted || StoresWhenFailing)
            {
                Store_NeedsLock(prepared);
            }

            return result;
        }
    }

    /// <inheritdoc />
    public ValueTask<bool> IsReachableAsync(CancellationToken cancellationToken) => ValueTask.FromResult(IsUp);

    private Dictionary<TKey, TValue> Copy<TKey, TValue>(Dictionary<TKey, TValue> source)
        where TKey : notnull
    {
        lock (_lock)
        {
            return new Dictionary<TKey, TValue>(source);
        }
    }

    private void Store_NeedsLock(InMemoryBatch batch)
    {
        // Merged into copies: what a reader was given before must not change under it, and the batch may be inserted again.
        foreach (var state in batch.Observations)
        {
            _observations[state.Key] = InMemoryBatch.Merged(_observations.GetValueOrDefault(state.Key), state);
        }

        foreach (var state in batch.Traces)
        {
            _traces[state.Key] = InMemoryBatch.Merged(_traces.GetValueOrDefault(state.Key), state);
        }

        foreach (var state in batch.Scores)
        {
            _scores[state.Key] = InMemoryBatch.Merged(_scores.GetValueOrDefault(state.Key), state);
        }

        foreach (var rejected in batch.Rejected)
        {
            _rejected[(rejected.Topic, rejected.Partition, rejected.Offset, rejected.Position)] = rejected;
        }

        foreach (var report in batch.Accounts)
        {
            var key = (report.Account.ProjectId, report.Account.MinuteMicros, report.InstanceId);
            if (!_accounts.TryGetValue(key, out var held) || report.Sequence >= held.Sequence)
            {
                _accounts[key] = report;
            }
        }

        foreach (var receipt in batch.Receipts)
        {
            if (!_receipts.TryGetValue(receipt.RecordId, out var held) || receipt.Attempt >= held.Attempt)
            {
                _receipts[receipt.RecordId] = receipt;
            }
        }
    }
}
