using Pipeline.Storage.Batches;
using Pipeline.Storage.ClickHouse.Tables;

namespace Pipeline.Storage.ClickHouse.Inserting;

/// <summary>A batch as inserts in the order they must be sent: states first, receipts last.</summary>
internal sealed class PreparedStateBatch : IPreparedBatch
{
    private readonly List<PreparedInsert> _inserts = [];

    internal PreparedStateBatch(StateBatch batch)
    {
        RowCount = batch.RowCount;
        Add(StateTables.Observations, batch.Observations);
        Add(StateTables.Traces, batch.Traces);
        Add(StateTables.Scores, batch.Scores);
        Add(LedgerTables.Rejected, batch.Rejected);
        Add(LedgerTables.Accounts, batch.Accounts);
        Add(LedgerTables.Receipts, batch.Receipts);
        ByteCount = _inserts.Sum(insert => insert.ByteCount);
    }

    /// <inheritdoc />
    public int RowCount { get; }

    /// <inheritdoc />
    public long ByteCount { get; }

    internal IReadOnlyList<PreparedInsert> Inserts => _inserts;

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var insert in _inserts)
        {
            insert.Dispose();
        }

        _inserts.Clear();
    }

    private void Add<TRow>(Table<TRow> table, List<TRow> rows)
    {
        if (rows.Count > 0)
        {
            _inserts.Add(PreparedInsert.Of(table, table.Name, rows));
        }
    }
}
