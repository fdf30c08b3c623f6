using Pipeline.Consumers.Inserting;
using Pipeline.Storage;
using Pipeline.Storage.Batches;

namespace Pipeline.Consumers.Rescuing;

/// <summary>Inserts rows of which some are refused: halves what does not pass until every good row is stored and every bad one is alone.</summary>
/// <remarks>
/// For k bad rows of n it takes at most 2 k log2(n) + 1 inserts, as long as that is below <see cref="MaxInserts"/>. From there on the rest goes in pieces
/// of <see cref="SmallPiece"/> rows, and one that does not pass is kept aside whole, for a replay to sort out: a batch with hundreds of bad rows
/// must not hold its partition for an hour. Inserting rows apart instead of together changes nothing: they merge.
/// </remarks>
internal sealed class RowBisection(IStateStore store, InsertGate gate, WriterMember member)
{
    /// <summary>Inserts after which nothing is halved any more.</summary>
    /// <value>2,000: a quarter of a minute of small inserts, enough for a hundred bad rows of 50,000.</value>
    internal const int MaxInserts = 2_000;

    /// <summary>Rows of a piece from then on.</summary>
    /// <value>16: 3,000 inserts for 50,000 rows, and at most fifteen good rows kept aside with a bad one.</value>
    internal const int SmallPiece = 16;

    /// <summary>Inserts what can be inserted and returns the rest.</summary>
    /// <param name="rows">Rows of one table.</param>
    /// <param name="add">Adds a row to a batch.</param>
    /// <param name="probe">A batch that a server which is well takes: tells a row that is too large from a server without memory. Null: several rows are halved, and a single one is waited for.</param>
    /// <param name="stopping">Stops the waiting.</param>
    internal async Task<List<RefusedRow<TRow>>> InsertAsync<TRow>(IReadOnlyList<TRow> rows, Action<StateBatch, TRow> add, StateBatch? probe, CancellationToken stopping)
    {
        var refused = new List<RefusedRow<TRow>>();
        var ranges = new Stack<(int From, int Count)>();
        if (rows.Count > 0)
        {
            ranges.Push((0, rows.Count));
        }

        for (var inserts = 0; ranges.TryPop(out var range);)
        {
            if (inserts > MaxInserts && range.Count > SmallPiece)
            {
                Push(ranges, range, SmallPiece);
                continue;
            }

            inserts++;
            var result = await InsertAsync(rows, range.From, range.Count, add, probe, stopping);
            if (result.Outcome == InsertOutcome.Inserted)
            {
                continue;
            }

            if (range.Count == 1 || result.Outcome == InsertOutcome.Refused || inserts > MaxInserts)
            {
                // A table that is refused whole is not asked row by row.
                refused.AddRange(Enumerable.Range(range.From, range.Count).Select(at => new RefusedRow<TRow>(rows[at], result, range.Count)));
            }
            else
            {
                Push(ranges, range, (range.Count + 1) / 2);
            }
        }

        return refused;
    }

    // The first piece ends on top.
    private static void Push(Stack<(int From, int Count)> ranges, (int From, int Count) range, int piece)
    {
        for (var from = range.From + ((range.Count - 1) / piece * piece); from >= range.From; from -= piece)
        {
            ranges.Push((from, Math.Min(piece, range.From + range.Count - from)));
        }
    }

    private async Task<InsertResult> InsertAsync<TRow>(
        IReadOnlyList<TRow> rows, int from, int count, Action<StateBatch, TRow> add, StateBatch? probe, CancellationToken stopping)
    {
        var batch = new StateBatch();
        for (var at = from; at < from + count; at++)
        {
            add(batch, rows[at]);
        }

        using var prepared = store.Prepare(batch);
        var strikes = 0;
        while (true)
        {
            var result = await gate.InsertAsync(prepared, member.Options.RefusedAttempts, tooLarge: 1, stopping);
            if (result.Outcome != InsertOutcome.TooLarge)
            {
                return result;
            }

            // A server without memory refuses the smallest insert too; only beside one that passes is it these rows' fault.
            strikes += (probe is null ? count > 1 : await IsWellAsync(probe, stopping)) ? 1 : 0;
            if (strikes >= (count == 1 ? member.Options.RefusedAttempts : 1))
            {
                return result;
            }

            await member.PauseAsync(member.Options.RetryMaxPause, stopping);
        }
    }

    private async Task<bool> IsWellAsync(StateBatch probe, CancellationToken stopping)
    {
        using var prepared = store.Prepare(probe);
        return (await gate.InsertAsync(prepared, refusals: 1, tooLarge: 1, stopping)).Outcome == InsertOutcome.Inserted;
    }
}
