using System.Buffers;
using Pipeline.Storage.Batches;
using Pipeline.Storage.ClickHouse.Native;
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
            foreach (var segment in insert.Segments)
            {
                ArrayPool<byte>.Shared.Return(segment.Array!);
            }
        }

        _inserts.Clear();
    }

    private void Add<TRow>(Table<TRow> table, List<TRow> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        using var frame = new Lz4FrameWriter();
        table.Encode(frame, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(rows));
        _inserts.Add(new PreparedInsert(table.Name, table.InsertStatement, rows.Count, frame.Complete(), rows.Count == 1 ? error => BlameOf(table, rows[0], error) : null));
    }

    private static RowBlame BlameOf<TRow>(Table<TRow> table, TRow row, string error) =>
        ErrorText.ColumnIn(error, table.Columns.Select(column => column.Name)) is { } name
            ? new RowBlame(name, table.Columns.First(column => column.Name == name).ValueClass(row))
            : RowBlame.None;
}
