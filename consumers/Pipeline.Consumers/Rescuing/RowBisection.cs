using Pipeline.Consumers.Inserting;
using Pipeline.Storage;
using Pipeline.Storage.Batches;

namespace Pipeline.Consumers.Rescuing;

/// <summary>Inserts rows of which some are refused: halves what does not pass until every good row is stored and every bad one is alone.</summary>
/// <remarks>
/// For k bad rows of n it takes at most 2 k log2(n) + 1 inserts, and never many more than <see cref="MaxInserts"/>: what is not told apart by then stays
/// together and is kept aside whole, good rows too, for a replay to sort out. Inserting rows apart instead of together changes nothing: they merge.
/// </remarks>
internal sealed class RowBisection(IStateStore store, InsertGate gate, WriterMember member)
{
    /// <summary>Inserts after which nothing is halved any more.</summary>
    /// <value>2,000: a minute of small inserts, enough for sixty bad rows of 50,000; a batch with more of them must not hold its partition for an hour.</value>
    internal const int MaxInserts = 2_000;

    /// <summary>Inserts what can be inserted and returns the rest.</summary>
    /// <param name="rows">Rows of one table.</param>
    /// <param name="add">Adds a row to a batch.</param>
    /// <param name="stopping">Stops the waiting.</param>
    internal async Task<List<RefusedRow<TRow>>> InsertAsync<TRow>(IReadOnlyList<TRow> rows, Action<StateBatch, TRow> add, CancellationToken stopping)
    {
        var refused = new List<RefusedRow<TRow>>();
        var isAnyStored = false;
        var tooLarge = new Queue<int>();
        var ranges = new Stack<(int From, int Count)>();
        if (rows.Count > 0)
        {
            ranges.Push((0, rows.Count));
        }

        for (var inserts = 1; ranges.TryPop(out var range) || Next(tooLarge, out range); inserts++)
        {
            var result = await InsertAsync(rows, range.From, range.Count, add, stopping);
            if (result.Outcome == InsertOutcome.Inserted)
            {
                isAnyStored = true;
            }
            else if (range.Count == 1 && result.Outcome == InsertOutcome.TooLarge && !(isAnyStored && ranges.Count == 0))
            {
                // A server without memory refuses the smallest row: it is the row's fault only when others passed meanwhile.
                tooLarge.Enqueue(range.From);
                await member.PauseAsync(isAnyStored ? TimeSpan.Zero : member.Options.RetryMaxPause, stopping);
            }
            else if (range.Count == 1 || result.Outcome == InsertOutcome.Refused || (inserts >= MaxInserts && result.Outcome == InsertOutcome.Poisoned))
            {
                // A table that is refused whole is not asked row by row.
                refused.AddRange(Enumerable.Range(range.From, range.Count).Select(at => new RefusedRow<TRow>(rows[at], result)));
            }
            else
            {
                var half = range.Count / 2;
                ranges.Push((range.From + half, range.Count - half));
                ranges.Push((range.From, half));
            }
        }

        return refused;
    }

    private static bool Next(Queue<int> tooLarge, out (int From, int Count) range)
    {
        var any = tooLarge.TryDequeue(out var from);
        range = (from, 1);
        return any;
    }

    private async Task<InsertResult> InsertAsync<TRow>(IReadOnlyList<TRow> rows, int from, int count, Action<StateBatch, TRow> add, CancellationToken stopping)
    {
        var batch = new StateBatch();
        for (var at = from; at < from + count; at++)
        {
            add(batch, rows[at]);
        }

        using var prepared = store.Prepare(batch);

        // A piece too large is halved at once; only a single row is given the time that an overloaded store may need.
        return await gate.InsertAsync(prepared, count == 1 ? member.Options.RefusedAttempts : 1, stopping);
    }
}
