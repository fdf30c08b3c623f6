namespace Pipeline.Storage.ClickHouse.Inserting;

/// <summary>One table's insert, compressed and ready to send as often as needed.</summary>
/// <param name="Table">Table name.</param>
/// <param name="Statement">The INSERT statement.</param>
/// <param name="RowCount">Rows in it.</param>
/// <param name="Segments">The LZ4 frame, in pooled segments owned by the prepared batch.</param>
internal sealed record PreparedInsert(string Table, string Statement, int RowCount, List<ArraySegment<byte>> Segments)
{
    internal long ByteCount { get; } = Segments.Sum(segment => (long)segment.Count);
}
