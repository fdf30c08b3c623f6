using System.Globalization;
using Pipeline.Buffer;
using Pipeline.Cli.Queries;
using Pipeline.Schemas;
using Pipeline.Schemas.Records;
using Pipeline.Storage.Archiving;
using Pipeline.Storage.ClickHouse.Querying;
using Pipeline.Storage.Replays;

namespace Pipeline.Cli.Gaps;

/// <summary>Finds the offsets that should have a receipt and have none, and reads what they held: from the log, or from the archive behind it.</summary>
/// <remarks>A record that has a receipt elsewhere, because it was replayed or because the log holds it twice, is not missing.</remarks>
internal sealed class UnstoredReader(ClickHouseQueryClient client, IEventLog log, ArchiveReader? archive)
{
    /// <summary>Records of a piece at most: what a replay reads, compares and proves at once.</summary>
    internal const int PieceRecords = 1_000;

    private readonly KnownRecords _known = new(client);

    internal async Task<IReadOnlyList<UnstoredPiece>> ReadAsync(PartitionLine line, ReceiptScope scope, CancellationToken cancellationToken)
    {
        var found = new List<UnstoredPiece>();
        if (line.Receipts < line.CommittedOffset - line.CheckedFrom)
        {
            foreach (var (from, to) in await FindAsync(line, cancellationToken))
            {
                found.AddRange(await SplitAsync(GapStage.Unstored, line, from, to, cancellationToken));
            }
        }

        if (line.Expired > 0)
        {
            found.AddRange(await SplitAsync(GapStage.Expired, line, line.CommittedOffset, line.FirstOffset, cancellationToken));
        }

        var read = new List<UnstoredPiece>();
        foreach (var piece in found)
        {
            read.Add(await ReadAsync(piece, scope, cancellationToken));
        }

        return read;
    }

    private async Task<IReadOnlyList<(long From, long To)>> FindAsync(PartitionLine line, CancellationToken cancellationToken)
    {
        var rows = await client.QueryAsync(
            "SELECT before + 1 AS from_offset, at AS to_offset FROM ("
            + "SELECT at, lagInFrame(at, 1, {from:Int64} - 1) OVER (ORDER BY at ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS before FROM ("
            + "SELECT DISTINCT toInt64(offset) AS at FROM receipts WHERE topic = {topic:String} AND partition = {partition:UInt32} AND offset >= {from:UInt64} AND offset < {to:UInt64} "
            + "UNION ALL SELECT {to:Int64} AS at)) WHERE at > before + 1 ORDER BY at",
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["topic"] = log.Topic,
                ["partition"] = line.Partition.ToString(CultureInfo.InvariantCulture),
                ["from"] = line.CheckedFrom.ToString(CultureInfo.InvariantCulture),
                ["to"] = line.CommittedOffset.ToString(CultureInfo.InvariantCulture),
            },
            cancellationToken);
        return [.. rows.Select(row => ((long)row["from_offset"]!, (long)row["to_offset"]!))];
    }

    private async Task<List<UnstoredPiece>> SplitAsync(GapStage stage, PartitionLine line, long from, long to, CancellationToken cancellationToken)
    {
        var pieces = new List<UnstoredPiece>();
        var gone = Math.Min(to, line.FirstOffset);
        if (from < gone)
        {
            var cover = archive is null ? [] : await archive.CoverAsync(log.Topic, line.Partition, from, gone, cancellationToken);
            var reason = archive is null ? "the log no longer holds them, and there is no archive" : "neither the log nor the archive holds them";
            var at = from;
            foreach (var range in cover)
            {
                AddLost(pieces, stage, line.Partition, at, range.FromOffset, reason);
                pieces.AddRange(Pieces(stage, line.Partition, range.FromOffset, range.ToOffset, (first, end) => ReplaySource.Archive(log.Topic, line.Partition, first, end)));
                at = range.ToOffset;
            }

            AddLost(pieces, stage, line.Partition, at, gone, reason);
        }

        pieces.AddRange(Pieces(stage, line.Partition, Math.Max(from, line.FirstOffset), to, (first, end) => ReplaySource.Log(log.Topic, line.Partition, first, end)));
        return pieces;
    }

    private static void AddLost(List<UnstoredPiece> pieces, GapStage stage, int partition, long from, long to, string reason)
    {
        if (from < to)
        {
            pieces.Add(new UnstoredPiece(stage, partition, from, to, null, reason));
        }
    }

    private static IEnumerable<UnstoredPiece> Pieces(GapStage stage, int partition, long from, long to, Func<long, long, ReplaySource> sourceOf)
    {
        for (var at = from; at < to; at += PieceRecords)
        {
            var end = Math.Min(to, at + PieceRecords);
            yield return new UnstoredPiece(stage, partition, at, end, sourceOf(at, end), "");
        }
    }

    private async Task<UnstoredPiece> ReadAsync(UnstoredPiece piece, ReceiptScope scope, CancellationToken cancellationToken)
    {
        if (piece.Source is null)
        {
            return piece;
        }

        var records = new List<(UnstoredRecords Content, BufferRecord? Record)>();
        try
        {
            await foreach (var source in ReadAsync(piece.Source, cancellationToken))
            {
                records.Add(Describe(source));
            }
        }
        catch (ArchiveDamagedException damaged)
        {
            return piece with { Source = null, NoSource = damaged.Message };
        }

        var known = await _known.ReadAsync(records.Where(entry => entry.Record is not null).Select(entry => entry.Record!), scope, cancellationToken);
        var missing = records.Where(entry => entry.Record is null || !known.Contains(entry.Record.RecordId)).Select(entry => entry.Content).ToList();
        return piece with
        {
            Restored = records.Count - missing.Count,
            Records = [.. missing.GroupBy(entry => entry.Key).Select(group => new UnstoredRecords(group.Key, group.Count(), group.Sum(entry => entry.Events)))],
        };
    }

    private async IAsyncEnumerable<BufferedRecord> ReadAsync(ReplaySource source, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!source.IsArchived)
        {
            await foreach (var record in log.ReadRangeAsync(source.Partition, source.FromOffset, source.ToOffset, cancellationToken))
            {
                yield return record;
            }

            yield break;
        }

        foreach (var record in await archive!.ReadAsync(source.Topic, source.Partition, source.FromOffset, source.ToOffset, cancellationToken))
        {
            yield return new BufferedRecord(record.Topic, record.Partition, record.Offset, record.AppendedAtMicros, record.Headers, record.Value);
        }
    }

    // A record whose bytes are none counts as one event, as it does everywhere.
    private static (UnstoredRecords Content, BufferRecord? Record) Describe(BufferedRecord source)
    {
        BufferRecordCodec.TryDecode(source.Headers, source.Value, out var record);
        var minute = UnixMicros.ToDateTimeOffset(UnixMicros.FloorToMinute(record?.ReceivedAtMicros ?? source.AppendedAtMicros));
        var key = new LedgerKey(record?.ProjectId ?? "", minute, record?.InstanceId ?? "");
        return (new UnstoredRecords(key, 1, record?.EventCount ?? 1), record is null ? null : record with { Payload = default });
    }
}
