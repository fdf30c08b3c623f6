using Pipeline.Storage.ClickHouse.Native;

namespace Pipeline.Storage.ClickHouse.Tables;

/// <summary>A table we insert into: columns in the order of the block.</summary>
internal sealed class Table<TRow>(string name, IReadOnlyList<Column<TRow>> columns)
{
    // A block is what the engine holds at once while it reads: 16,384 rows of 1.5 kB are 25 MB.
    private const int MaxRowsPerBlock = 16_384;

    internal string Name => name;

    /// <summary>The statement, with columns by name: the table may be a version ahead or behind.</summary>
    internal string InsertStatement { get; } = $"INSERT INTO {name} ({string.Join(", ", columns.Select(column => $"`{column.Name}`"))}) FORMAT Native";

    /// <summary>Encodes all rows as Native blocks.</summary>
    internal void Encode(Lz4FrameWriter frame, ReadOnlySpan<TRow> rows)
    {
        var writer = new NativeWriter(frame);
        while (!rows.IsEmpty)
        {
            var block = rows[..Math.Min(rows.Length, MaxRowsPerBlock)];
            writer.WriteVarint((ulong)columns.Count);
            writer.WriteVarint((ulong)block.Length);
            foreach (var column in columns)
            {
                writer.WriteText(column.Name);
                writer.WriteText(column.Type);
                column.Write(writer, block);
            }

            rows = rows[block.Length..];
        }
    }
}
