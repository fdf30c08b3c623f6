using System.Buffers;
using System.Runtime.InteropServices;
using Pipeline.Storage.ClickHouse.Http;
using Pipeline.Storage.ClickHouse.Native;
using Pipeline.Storage.ClickHouse.Tables;

namespace Pipeline.Storage.ClickHouse.Inserting;

/// <summary>One table's insert, compressed into pooled segments that it owns, and ready to send as often as needed.</summary>
internal sealed class PreparedInsert : IDisposable
{
    private readonly Func<string, RowBlame>? _blame;

    internal PreparedInsert(string table, string statement, int rowCount, List<ArraySegment<byte>> segments, Func<string, RowBlame>? blame = null)
    {
        _blame = blame;
        Table = table;
        Statement = statement;
        RowCount = rowCount;
        Segments = segments;
        ByteCount = segments.Sum(segment => (long)segment.Count);
    }

    /// <summary>Table it goes to.</summary>
    internal string Table { get; }

    /// <summary>The INSERT statement.</summary>
    internal string Statement { get; }

    /// <summary>Rows in it.</summary>
    internal int RowCount { get; }

    /// <summary>The LZ4 frame.</summary>
    internal List<ArraySegment<byte>> Segments { get; }

    /// <summary>Bytes of the frame.</summary>
    internal long ByteCount { get; }

    /// <summary>What an error says of the only row; empty with several.</summary>
    internal RowBlame Blame(string error) => _blame?.Invoke(error) ?? RowBlame.None;

    /// <summary>Whether the server confirmed it while another table of its batch still fails; it is then not sent again.</summary>
    internal bool IsConfirmed { get; set; }

    /// <summary>How often the server did not answer in time.</summary>
    internal int Timeouts { get; set; }

    /// <summary>Encodes rows for a table, or for another one of the same columns.</summary>
    internal static PreparedInsert Of<TRow>(Table<TRow> table, string target, List<TRow> rows)
    {
        using var frame = new Lz4FrameWriter();
        table.Encode(frame, CollectionsMarshal.AsSpan(rows));
        return new PreparedInsert(target, table.InsertInto(target), rows.Count, frame.Complete(), rows.Count == 1 ? error => table.Blame(rows[0], error) : null);
    }

    /// <summary>Sends it; an answer without an error confirms every row.</summary>
    internal async Task<ClickHouseAnswer> SendAsync(
        ClickHouseConnection connection,
        TimeSpan timeout,
        IReadOnlyDictionary<string, string> settings,
        CancellationToken cancellationToken)
    {
        using var content = new SegmentsContent(this);
        content.Headers.ContentEncoding.Add("lz4");
        ClickHouseAnswer answer;
        try
        {
            answer = await connection.SendAsync(new ClickHouseRequest(Statement, timeout) { Rows = content, Parameters = settings }, cancellationToken);
        }
        finally
        {
            await content.StopAsync();
        }

        // Fewer rows than sent means the engine read a shorter body than we wrote: never trust it, send the batch again.
        return answer.Error is not null || answer.WrittenRows == RowCount
            ? answer
            : ClickHouseAnswer.Failed(0, $"{answer.WrittenRows} rows written, {RowCount} sent");
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var segment in Segments)
        {
            ArrayPool<byte>.Shared.Return(segment.Array!);
        }

        Segments.Clear();
    }
}
