namespace Pipeline.Storage.ClickHouse.Inserting;

/// <summary>One table's insert, compressed and ready to send as often as needed.</summary>
/// <param name="table">Table name.</param>
/// <param name="statement">The INSERT statement.</param>
/// <param name="rowCount">Rows in it.</param>
/// <param name="segments">The LZ4 frame, in pooled segments owned by the prepared batch.</param>
/// <param name="blame">Says which column of the only row an error speaks of; null with several rows.</param>
internal sealed class PreparedInsert(string table, string statement, int rowCount, List<ArraySegment<byte>> segments, Func<string, RowBlame>? blame)
{
    internal string Table => table;

    internal string Statement => statement;

    internal int RowCount => rowCount;

    internal List<ArraySegment<byte>> Segments => segments;

    /// <summary>What an error says of the only row; empty with several.</summary>
    internal RowBlame Blame(string error) => blame?.Invoke(error) ?? RowBlame.None;

    /// <summary>Whether the server confirmed it while another table of its batch still fails; it is then not sent again.</summary>
    internal bool IsConfirmed { get; set; }

    /// <summary>How often the server did not answer in time.</summary>
    internal int Timeouts { get; set; }

    internal long ByteCount { get; } = segments.Sum(segment => (long)segment.Count);
}
