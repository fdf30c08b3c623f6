using System.Globalization;
using Pipeline.Buffer;
using Pipeline.Consumers.Batching;
using Pipeline.Consumers.Converting;
using Pipeline.Consumers.Inserting;
using Pipeline.Schemas.Errors;
using Pipeline.Schemas.Records;
using Pipeline.Storage;
using Pipeline.Storage.Batches;
using Pipeline.Storage.Failures;

namespace Pipeline.Consumers.Rescuing;

/// <summary>Stores what can be stored of a batch that the store does not take as a whole, and puts the rest aside.</summary>
/// <remarks>
/// The batch is made anew from its records, and its tables are bisected. A row that is refused may be folded from many events of which one
/// is bad: its contributions are bisected once more, so that only the bad one stays behind. The receipts come last, with what failed.
/// </remarks>
internal sealed class BatchRescue(WriterMember member, IStateStore store, InsertGate gate, Quarantine quarantine, FailureBudget budget)
{
    private readonly RowBisection _bisection = new(store, gate, member);
    private readonly RecordConverter _converter = new();

    /// <summary>Rescues a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="result">What the store said about it.</param>
    /// <param name="stopping">Stops the waiting.</param>
    /// <returns>Events that the store refused.</returns>
    /// <exception cref="OperationCanceledException">The host stops; what is not committed will be read again.</exception>
    internal async Task<int> RunAsync(BatchSummary batch, InsertResult result, CancellationToken stopping)
    {
        Log.BatchRescued(member.Logger, batch.Records.Count, result.Code, result.Reason ?? "no reason given");

        // A partition that was lost and came back may have been read into the batch twice; one made anew may have another record at the place.
        var records = batch.Records.DistinctBy(record => (record.Partition, record.Offset, record.AppendedAtMicros)).ToList();
        var states = Remake(records);
        var failures = await StoreAsync(states, records, stopping);
        while (failures.Exists(entry => entry.Failure.Class == ErrorClass.Permanent) && budget.WhyNoRefusedBatch() is { } reason)
        {
            quarantine.Halt(reason);
            await member.PauseAsync(member.Options.RetryMaxPause, stopping);
            failures = await StoreAsync(states, records, stopping);
        }

        if (failures.Exists(entry => entry.Failure.Class == ErrorClass.Permanent))
        {
            budget.BatchRefused();
        }

        var failed = FailedRecords.Of(records, failures.ToLookup(entry => entry.Source, entry => entry.Failure));
        var refused = await CloseAsync(states, failed, stopping);
        await quarantine.PutAsync(failed, batch, stopping);
        return refused;
    }

    private async Task<List<(PartitionOffset Source, RecordFailure Failure)>> StoreAsync(StateBatch states, IReadOnlyList<BufferedRecord> records, CancellationToken stopping)
    {
        var failures = new List<(PartitionOffset Source, RecordFailure Failure)>();
        await StoreAsync(EntityTables.Observations, states, records, failures, stopping);
        await StoreAsync(EntityTables.Traces, states, records, failures, stopping);
        await StoreAsync(EntityTables.Scores, states, records, failures, stopping);
        return failures;
    }

    private static StateBatch Remake(IReadOnlyList<BufferedRecord> records)
    {
        var open = new OpenBatch();
        foreach (var record in records)
        {
            open.Add(record);
        }

        return open.Cut().States;
    }

    private async Task StoreAsync<TState, TKey>(
        EntityTable<TState, TKey> table,
        StateBatch states,
        IReadOnlyList<BufferedRecord> records,
        List<(PartitionOffset Source, RecordFailure Failure)> failures,
        CancellationToken stopping)
        where TKey : notnull
    {
        var probe = ProbeOf(states);
        var refused = await _bisection.InsertAsync(table.RowsOf(states), (batch, row) => table.RowsOf(batch).Add(row), probe, stopping);
        if (refused.Count == 0)
        {
            return;
        }

        var results = refused.ToDictionary(row => table.KeyOf(row.Row), row => row);
        var contributions = Contributions(table, records, results);
        var apart = contributions.Where(pair => pair.IsOneOfSeveral && results[table.KeyOf(pair.State)].Result.Outcome != InsertOutcome.Refused).ToList();
        var bad = await _bisection.InsertAsync(apart, (batch, pair) => table.RowsOf(batch).Add(pair.State), probe, stopping);
        failures.AddRange(contributions.Except(apart).Select(pair => (pair.Source, FailureOf(table, pair.State, pair.Position, results[table.KeyOf(pair.State)].Result, results[table.KeyOf(pair.State)].Together))));
        failures.AddRange(bad.Select(row => (row.Row.Source, FailureOf(table, row.Row.State, row.Row.Position, row.Result, row.Together))));
    }

    // A trace says little, and every event has one.
    private static StateBatch? ProbeOf(StateBatch states)
    {
        var probe = new StateBatch();
        probe.Traces.AddRange(states.Traces.Take(1));
        return probe.Traces.Count > 0 ? probe : null;
    }

    // What single events said of the refused rows, which are folded from them.
    private List<(PartitionOffset Source, TState State, int Position, bool IsOneOfSeveral)> Contributions<TState, TKey>(
        EntityTable<TState, TKey> table,
        IReadOnlyList<BufferedRecord> records,
        Dictionary<TKey, RefusedRow<TState>> refused)
        where TKey : notnull
    {
        var found = new List<(PartitionOffset Source, TState State, int Position)>();
        foreach (var source in records)
        {
            if (BufferRecordCodec.TryDecode(source.Headers, source.Value, out var record) == RecordDecodeOutcome.Decoded)
            {
                _converter.Convert(record!, source, table.SinkTo(state =>
                {
                    if (refused.ContainsKey(table.KeyOf(state)))
                    {
                        found.Add((new PartitionOffset(source.Partition, source.Offset), state, _converter.Position));
                    }
                }));
            }
        }

        var counts = found.CountBy(pair => table.KeyOf(pair.State)).ToDictionary();
        return [.. found.Select(pair => (pair.Source, pair.State, pair.Position, counts[table.KeyOf(pair.State)] > 1))];
    }

    private static RecordFailure FailureOf<TState, TKey>(EntityTable<TState, TKey> table, TState state, int position, InsertResult result, int together)
        where TKey : notnull =>
        new(result.Outcome == InsertOutcome.Refused ? ErrorClass.Permanent : ErrorClass.Poison, RejectReasons.RefusedRow, result.Reason ?? "no reason given")
        {
            Position = position,
            Together = together,
            Code = result.Code,
            Table = result.Table ?? "",
            Entity = table.NameOf(state),
            Column = result.Blame.Column,
            ValueClass = result.Blame.ValueClass,
        };

    // The receipts say what became of each record, and why; they are the last that is stored.
    private async Task<int> CloseAsync(StateBatch states, IReadOnlyList<FailedRecord> failed, CancellationToken stopping)
    {
        var closing = new StateBatch();
        closing.Rejected.AddRange(states.Rejected);
        closing.Rejected.AddRange(failed.Select(RejectedOf));
        closing.Accounts.AddRange(states.Accounts);
        var byPlace = failed.ToDictionary(record => new PartitionOffset(record.Partition, record.Offset));
        var refused = 0;
        foreach (var receipt in states.Receipts)
        {
            var count = byPlace.TryGetValue(new PartitionOffset(receipt.Partition, receipt.Offset), out var record) ? Math.Min(receipt.Stored, FailedRecords.FailedEvents(record)) : 0;
            closing.Receipts.Add(receipt with { Stored = receipt.Stored - count, Failed = receipt.Failed + count });
            refused += count;
        }

        while (await WhyNotAsync(closing, stopping) is { } reason)
        {
            // Without its receipts a batch is not accounted for, so it is not committed either.
            quarantine.Halt(reason);
            await member.PauseAsync(member.Options.RetryMaxPause, stopping);
        }

        quarantine.GoOn();
        return refused;
    }

    // In pieces when it is too large as a whole: a server short of memory takes the ledger as it takes the states.
    private async Task<string?> WhyNotAsync(StateBatch closing, CancellationToken stopping)
    {
        using var prepared = store.Prepare(closing);
        var result = await gate.InsertAsync(prepared, member.Options.RefusedAttempts, member.Options.RefusedAttempts, stopping);
        if (result.Outcome == InsertOutcome.TooLarge)
        {
            var rejected = await _bisection.InsertAsync(closing.Rejected, (batch, row) => batch.Rejected.Add(row), probe: null, stopping);
            var accounts = await _bisection.InsertAsync(closing.Accounts, (batch, row) => batch.Accounts.Add(row), probe: null, stopping);
            var receipts = await _bisection.InsertAsync(closing.Receipts, (batch, row) => batch.Receipts.Add(row), probe: null, stopping);
            return rejected.Count + accounts.Count + receipts.Count == 0 ? null : "the store refuses rows of the ledger";
        }

        return result.Outcome == InsertOutcome.Inserted ? null : $"the store refuses the ledger (code {result.Code}): {result.Reason}";
    }

    private static RejectedEvent RejectedOf(FailedRecord record)
    {
        var first = record.Failures[0];
        var what = string.Create(
            CultureInfo.InvariantCulture,
            $"{first.Table} {first.Entity}{(first.Column.Length > 0 ? $", column {first.Column} ({first.ValueClass})" : "")}: code {first.Code}{(record.Failures.Count > 1 ? $", and {record.Failures.Count - 1} more" : "")}");
        return new RejectedEvent(
            record.Decoded?.RecordId, record.Decoded?.ProjectId ?? "", record.Topic, record.Partition, record.Offset, -1, first.Reason, what);
    }
}
