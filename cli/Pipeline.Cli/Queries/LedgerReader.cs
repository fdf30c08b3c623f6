using System.Globalization;
using System.Text.Json.Nodes;
using Pipeline.Buffer;
using Pipeline.Cli.Composition;
using Pipeline.Cli.Gaps;
using Pipeline.Schemas;
using Pipeline.Schemas.Records;
using Pipeline.Storage.ClickHouse.Querying;

namespace Pipeline.Cli.Queries;

/// <summary>Adds the ledger up from its three independent sources: receipts, the gateways' own counts, and the log.</summary>
/// <remarks>
/// Exact while everything runs, by the order of reading. The gateways' counts come first: what they reported by then is in the log when the
/// positions are read. Each record then counts once: below a committed offset by its receipt, which is stored before the commit, and from
/// there to the end of the live log by what the log itself holds. A record that the log holds twice, or that was replayed, counts once, by its
/// latest attempt; one that is on its way in the replay lane is what it was before, for nobody knows yet what becomes of it.
/// </remarks>
internal sealed class LedgerReader(ClickHouseQueryClient client, LogTail live, LogTail replay, UnstoredReader unstored)
{
    // Records of the tail that are looked up together; the tail may be long after an outage.
    private const int TailPage = 5_000;

    private readonly KnownRecords _known = new(client);

    /// <summary>Builds it from the adapters.</summary>
    internal static LedgerReader Of(Adapters adapters)
    {
        var queries = adapters.Queries;
        return new LedgerReader(queries, LogTail.Live(adapters.Log, adapters.WriterGroup), LogTail.Replay(adapters.ReplayLog, adapters.WriterGroup), new UnstoredReader(queries, adapters.Log, adapters.Archive));
    }

    internal async Task<LedgerReport> ReadAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        var snapshot = await ReadSnapshotAsync(since, cancellationToken);
        var lines = snapshot.Counts
            .GroupBy(entry => (entry.Key.ProjectId, entry.Key.Minute), entry => entry.Value)
            .Select(group => new LedgerLine(group.Key.ProjectId, group.Key.Minute, [.. group]))
            .OrderBy(line => line.ProjectId, StringComparer.Ordinal).ThenBy(line => line.Minute);
        return new LedgerReport([.. lines], snapshot.Partitions);
    }

    internal async Task<LedgerSnapshot> ReadSnapshotAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        var counts = new Dictionary<LedgerKey, LedgerCounts>();
        await AddReportsAsync(counts, since, cancellationToken);
        var scope = new ReceiptScope(live.Topic, await live.PositionsAsync(cancellationToken), replay.Topic);
        await AddTailAsync(counts, scope, cancellationToken);
        await AddReceiptsAsync(counts, scope, since, cancellationToken);
        var partitions = new List<PartitionLine>();
        var missing = new List<UnstoredPiece>();
        foreach (var position in scope.Live)
        {
            var line = await ReadPartitionAsync(position, since, cancellationToken);
            if (line.Missing > 0)
            {
                var pieces = await unstored.ReadAsync(line, scope, cancellationToken);
                missing.AddRange(pieces);
                line = line with { Restored = pieces.Sum(piece => piece.Restored) };
            }

            partitions.Add(line);
        }

        return new LedgerSnapshot(counts, scope, partitions, missing);
    }

    private async Task AddReportsAsync(Dictionary<LedgerKey, LedgerCounts> counts, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var rows = await client.QueryAsync(
            "SELECT project_id, toUnixTimestamp(minute) AS minute, instance_id, sum(acknowledged) AS reported FROM gateway_accounts FINAL "
            + "WHERE gateway_accounts.minute >= {since:DateTime('UTC')} GROUP BY project_id, minute, instance_id",
            Since(since),
            cancellationToken);
        foreach (var row in rows)
        {
            Change(counts, KeyOf(row), old => old with { Reported = old.Reported + (long)row["reported"]! });
        }
    }

    // A record that is in the tail and was worked off before, at another place or by a replay, counts by its receipt.
    private async Task AddTailAsync(Dictionary<LedgerKey, LedgerCounts> counts, ReceiptScope scope, CancellationToken cancellationToken)
    {
        var page = new Dictionary<Guid, BufferRecord>();
        var seen = new HashSet<Guid>();
        await foreach (var (_, record) in live.ReadAsync(scope.Live, cancellationToken))
        {
            if (record.PayloadKind != PayloadKind.GatewayAccounts && seen.Add(record.RecordId))
            {
                // Payloads are as large as requests; nobody looks at them here.
                page.Add(record.RecordId, record with { Payload = default });
                if (page.Count == TailPage)
                {
                    await CountTailAsync(counts, page, scope, cancellationToken);
                }
            }
        }

        await CountTailAsync(counts, page, scope, cancellationToken);
    }

    private async Task CountTailAsync(Dictionary<LedgerKey, LedgerCounts> counts, Dictionary<Guid, BufferRecord> page, ReceiptScope scope, CancellationToken cancellationToken)
    {
        var known = await _known.ReadAsync(page.Values, scope, cancellationToken);
        foreach (var record in page.Values.Where(record => !known.Contains(record.RecordId)))
        {
            var minute = UnixMicros.ToDateTimeOffset(UnixMicros.FloorToMinute(record.ReceivedAtMicros));
            Change(counts, new LedgerKey(record.ProjectId, minute, record.InstanceId), old => old with { InFlight = old.InFlight + record.EventCount, Accepted = old.Accepted + record.EventCount });
        }

        page.Clear();
    }

    private async Task AddReceiptsAsync(Dictionary<LedgerKey, LedgerCounts> counts, ReceiptScope scope, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var rows = await client.QueryAsync(
            "SELECT project_id, minute, instance_id, sum(record_accepted) AS accepted, sum(record_stored) AS stored, sum(record_failed) AS failed FROM ("
            + $"SELECT any(project_id) AS project_id, any(toUnixTimestamp(receipts.minute)) AS minute, any(instance_id) AS instance_id, argMax(accepted, {ReceiptScope.Order}) AS record_accepted, "
            + $"argMax(stored, {ReceiptScope.Order}) AS record_stored, argMax(failed, {ReceiptScope.Order}) AS record_failed FROM receipts "
            + $"WHERE payload_kind != 3 AND receipts.minute >= {{since:DateTime('UTC')}} AND {ReceiptScope.Condition} GROUP BY record_id) "
            + "GROUP BY project_id, minute, instance_id",
            scope.AddTo(Since(since)),
            cancellationToken);
        foreach (var row in rows)
        {
            Change(counts, KeyOf(row), old => old with
            {
                Accepted = old.Accepted + (long)row["accepted"]!,
                Stored = old.Stored + (long)row["stored"]!,
                Failed = old.Failed + (long)row["failed"]!,
            });
        }
    }

    private async Task<PartitionLine> ReadPartitionAsync(PartitionPosition position, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var parameters = Since(since);
        parameters["topic"] = live.Topic;
        parameters["partition"] = Text(position.Partition);
        var known = (await client.QueryAsync(
            "SELECT countIf(minute < {since:DateTime('UTC')}) AS before, toInt64(maxIf(offset, minute < {since:DateTime('UTC')})) AS last_before, "
            + "toInt64(minIf(offset, minute >= {since:DateTime('UTC')})) AS first_within, countIf(minute >= {since:DateTime('UTC')}) AS within FROM receipts "
            + "WHERE topic = {topic:String} AND partition = {partition:UInt32}",
            parameters,
            cancellationToken))[0];
        var from = PartitionLine.CheckFrom(
            position,
            (long)known["before"]! == 0 ? null : (long)known["last_before"]!,
            (long)known["within"]! == 0 ? null : (long)known["first_within"]!);
        var committed = position.CommittedOffset ?? 0;
        parameters["from"] = Text(from);
        parameters["committed"] = Text(committed);
        var counted = (await client.QueryAsync(
            "SELECT uniqExact(offset) AS receipts FROM receipts WHERE topic = {topic:String} AND partition = {partition:UInt32} "
            + "AND offset >= {from:UInt64} AND offset < {committed:UInt64}",
            parameters,
            cancellationToken))[0];
        return new PartitionLine(position.Partition, position.FirstOffset, committed, position.EndOffset, from, (long)counted["receipts"]!);
    }

    /// <summary>The beginning of a window as a parameter.</summary>
    internal static Dictionary<string, string> Since(DateTimeOffset since) =>
        new(StringComparer.Ordinal) { ["since"] = since.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static LedgerKey KeyOf(JsonObject row) =>
        new((string)row["project_id"]!, DateTimeOffset.FromUnixTimeSeconds((long)row["minute"]!), (string)row["instance_id"]!);

    private static void Change(Dictionary<LedgerKey, LedgerCounts> counts, LedgerKey key, Func<LedgerCounts, LedgerCounts> change) =>
        counts[key] = change(counts.GetValueOrDefault(key));
}
