using Pipeline.Storage;
using Pipeline.Storage.Batches;
using Pipeline.Storage.Merging;

namespace Pipeline.Testing.Stores;

/// <summary>A store in memory that merges as the real one does, and fails as a test says. Thread-safe.</summary>
public sealed class InMemoryStateStore(TimeProvider clock) : IStateStore
{
    private readonly Lock _lock = new();
    private readonly StateFold _fold = new();
    private readonly Dictionary<Guid, Receipt> _receipts = [];
    private readonly Dictionary<(string Topic, int Partition, long Offset, int Position), RejectedEvent> _rejected = [];
    private readonly Dictionary<(string Instance, string Project, long Minute), AccountReport> _accounts = [];
    private int _open;

    /// <summary>Decides what becomes of an insert; null stores it.</summary>
    public Func<InMemoryBatch, InsertPlan>? Plan { get; set; }

    /// <summary>What the store never takes, whatever <see cref="Plan"/> says; null takes everything.</summary>
    public Func<InMemoryBatch, InsertResult?>? Refusal { get; set; }

    /// <summary>Called when an insert begins, before anything is stored.</summary>
    public Action<InMemoryBatch>? Inserting { get; set; }

    /// <summary>Called when everything of an insert is stored, before the caller learns it.</summary>
    public Action<InMemoryBatch>? Inserted { get; set; }

    /// <summary>Whether the store answers the probe.</summary>
    public bool IsReachable { get; set; } = true;

    /// <summary>Attempts to insert.</summary>
    public int Attempts { get; private set; }

    /// <summary>Inserts on their way now.</summary>
    public int InFlight { get; private set; }

    /// <summary>The most inserts that were on their way at once.</summary>
    public int MostInFlight { get; private set; }

    /// <summary>Encoded batches that were not disposed yet.</summary>
    public int OpenBatches => Volatile.Read(ref _open);

    /// <summary>The most of them at once.</summary>
    public int MostOpenBatches { get; private set; }

    /// <summary>Batches that were stored, in order.</summary>
    public List<InMemoryBatch> Batches { get; } = [];

    /// <summary>Latest attempt's receipt of each record.</summary>
    public IReadOnlyList<Receipt> Receipts => Locked<IReadOnlyList<Receipt>>(() => [.. _receipts.Values]);

    /// <summary>Events that could not become states, one per position.</summary>
    public IReadOnlyList<RejectedEvent> Rejected => Locked<IReadOnlyList<RejectedEvent>>(() => [.. _rejected.Values]);

    /// <summary>The latest report per gateway, project and minute.</summary>
    public IReadOnlyList<AccountReport> Accounts => Locked<IReadOnlyList<AccountReport>>(() => [.. _accounts.Values]);

    public IPreparedBatch Prepare(StateBatch batch)
    {
        MostOpenBatches = Math.Max(MostOpenBatches, Interlocked.Increment(ref _open));
        return new InMemoryBatch(batch, () => Interlocked.Decrement(ref _open));
    }

    public async ValueTask<InsertResult> InsertAsync(IPreparedBatch batch, CancellationToken cancellationToken)
    {
        var given = (InMemoryBatch)batch;
        ObjectDisposedException.ThrowIf(given.IsDisposed, given);
        Attempts++;
        MostInFlight = Math.Max(MostInFlight, ++InFlight);
        try
        {
            Inserting?.Invoke(given);

            // A request takes a moment, in which a process may die.
            await Task.Yield();
            var plan = Plan?.Invoke(given) ?? InsertPlan.Stored;
            if (plan.StoresRows && Refusal?.Invoke(given) is { } refusal)
            {
                plan = new InsertPlan(refusal, StoresRows: false, plan.Latency);
            }

            if (plan is { StoresRows: true, StoresEarly: true })
            {
                Store(given);
            }

            if (plan.Latency > TimeSpan.Zero)
            {
                await Task.Delay(plan.Latency, clock, cancellationToken);
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (plan.StoresRows)
            {
                if (!plan.StoresEarly)
                {
                    Store(given);
                }

                Inserted?.Invoke(given);
                await Task.Yield();
            }

            return plan.Result;
        }
        finally
        {
            InFlight--;
        }
    }

    public ValueTask<bool> IsReachableAsync(CancellationToken cancellationToken) => new(IsReachable);

    /// <summary>Whether a record has its receipt.</summary>
    public bool HasReceipt(Guid recordId) => Locked(() => _receipts.ContainsKey(recordId));

    /// <summary>Everything that is merged now; take it once, at the end.</summary>
    public StateBatch TakeStates() => Locked(() =>
    {
        var states = new StateBatch();
        _fold.DrainInto(states);
        return states;
    });

    private void Store(InMemoryBatch batch)
    {
        lock (_lock)
        {
            if (Batches.Contains(batch))
            {
                // The same rows once more change nothing.
                return;
            }

            Batches.Add(batch);
            batch.States.Observations.ForEach(_fold.Add);
            batch.States.Traces.ForEach(_fold.Add);
            batch.States.Scores.ForEach(_fold.Add);
            foreach (var rejected in batch.States.Rejected)
            {
                _rejected[(rejected.Topic, rejected.Partition, rejected.Offset, rejected.Position)] = rejected;
            }

            foreach (var report in batch.States.Accounts)
            {
                var key = (report.InstanceId, report.Account.ProjectId, report.Account.MinuteMicros);
                _accounts[key] = _accounts.TryGetValue(key, out var held) && held.Sequence > report.Sequence ? held : report;
            }

            foreach (var receipt in batch.States.Receipts)
            {
                _receipts[receipt.RecordId] = _receipts.TryGetValue(receipt.RecordId, out var held) && held.Attempt > receipt.Attempt ? held : receipt;
            }
        }
    }

    private T Locked<T>(Func<T> read)
    {
        lock (_lock)
        {
            return read();
        }
    }
}
