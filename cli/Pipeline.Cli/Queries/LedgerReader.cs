using System.Globalization;
using Pipeline.Buffer;
using Pipeline.Schemas;
using Pipeline.Schemas.Records;
using Pipeline.Storage.ClickHouse.Querying;

namespace Pipeline.Cli.Queries;

/// <summary>Adds the ledger up from its three independent sources: receipts, the gateways' own counts, and the log.</summary>
internal sealed class LedgerReader(ClickHouseQueryClient client, LogTail tail, string topic)
{
    // Asked about together. The ids travel in the address, which servers bound: eight kilobytes hold a hundred of them.
    private const int PageRecords = 100;

    private static readonly IReadOnlyDictionary<string, string> NoParameters = new Dictionary<string, string>(StringComparer.Ordinal);

    internal async Task<LedgerReport> ReadAsync(CancellationToken cancellationToken)
    {
        // Positions first: what is committed by then has its receipts, because those are stored before the commit.
        var positions = await tail.PositionsAsync(cancellationToken);
        var lines = new Dictionary<(string Project, DateTimeOffset Minute), LedgerLine>();
        var page = new List<InFlightRecord>(PageRecords);
        await foreach (var (_, record) in tail.ReadAsync(positions, cancellationToken))
        {
            if (record.PayloadKind != PayloadKind.GatewayAccounts)
            {
                page.Add(new InFlightRecord(record.RecordId, record.ProjectId, UnixMicros.ToDateTimeOffset(UnixMicros.FloorToMinute(record.ReceivedAtMicros)), record.EventCount));
            }

            if (page.Count == PageRecords)
            {
                await AddInFlightAsync(lines, page, cancellationToken);
            }
        }

        await AddInFlightAsync(lines, page, cancellationToken);
        await AddReceiptsAsync(lines, cancellationToken);
        await AddReportsAsync(lines, cancellationToken);
        return new LedgerReport(
            [.. lines.Values.OrderBy(line => line.ProjectId, StringComparer.Ordinal).ThenBy(line => line.Minute)],
            await ReadPartitionsAsync(positions, cancellationToken));
    }

    // Between insert and commit a record is both stored and uncommitted; it counts once, as stored.
    private async Task AddInFlightAsync(Dictionary<(string, DateTimeOffset), LedgerLine> lines, List<InFlightRecord> page, CancellationToken cancellationToken)
    {
        if (page.Count == 0)
        {
            return;
        }

        var parameters = new Dictionary<string, string>(StringComparer.Ordinal) { ["ids"] = $"['{string.Join("','", page.Select(record => record.RecordId))}']" };
        var stored = (await client.QueryAsync("SELECT DISTINCT record_id FROM receipts WHERE record_id IN {ids:Array(UUID)}", parameters, cancellationToken))
            .Select(row => Guid.Parse((string)row["record_id"]!)).ToHashSet();
        foreach (var record in page.Where(record => !stored.Contains(record.RecordId)))
        {
            Change(lines, record.ProjectId, record.Minute, line => line with { InFlight = line.InFlight + record.EventCount, Accepted = line.Accepted + record.EventCount });
        }

        page.Clear();
    }

    private async Task AddReceiptsAsync(Dictionary<(string, DateTimeOffset), LedgerLine> lines, CancellationToken cancellationToken)
    {
        var rows = await client.QueryAsync(
            "SELECT project_id, toUnixTimestamp(minute) AS minute, sum(accepted) AS accepted, sum(stored) AS stored, sum(failed) AS failed FROM receipts FINAL "
            + "WHERE payload_kind != 3 GROUP BY project_id, minute",
            NoParameters,
            cancellationToken);
        foreach (var row in rows)
        {
            Change(lines, (string)row["project_id"]!, MinuteOf(row), line => line with
            {
                Accepted = line.Accepted + (long)row["accepted"]!,
                Stored = line.Stored + (long)row["stored"]!,
                Failed = line.Failed + (long)row["failed"]!,
            });
        }
    }

    private async Task AddReportsAsync(Dictionary<(string, DateTimeOffset), LedgerLine> lines, CancellationToken cancellationToken)
    {
        var rows = await client.QueryAsync(
            "SELECT project_id, toUnixTimestamp(minute) AS minute, sum(acknowledged) AS reported FROM gateway_accounts FINAL GROUP BY project_id, minute",
            NoParameters,
            cancellationToken);
        foreach (var row in rows)
        {
            Change(lines, (string)row["project_id"]!, MinuteOf(row), line => line with { Reported = line.Reported + (long)row["reported"]! });
        }
    }

    private async Task<IReadOnlyList<PartitionLine>> ReadPartitionsAsync(IReadOnlyList<PartitionPosition> positions, CancellationToken cancellationToken)
    {
        var partitions = new List<PartitionLine>();
        foreach (var position in positions)
        {
            var committed = position.CommittedOffset ?? 0;
            var parameters = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["topic"] = topic,
                ["partition"] = position.Partition.ToString(CultureInfo.InvariantCulture),
                ["committed"] = committed.ToString(CultureInfo.InvariantCulture),
            };
            var row = (await client.QueryAsync(
                "SELECT uniqExact(offset) AS receipts, min(offset) AS first FROM receipts "
                + "WHERE topic = {topic:String} AND partition = {partition:UInt32} AND offset < {committed:UInt64}",
                parameters,
                cancellationToken))[0];
            var receipts = (long)row["receipts"]!;
            partitions.Add(new PartitionLine(position.Partition, committed, position.EndOffset, receipts == 0 ? -1 : (long)row["first"]!, receipts));
        }

        return partitions;
    }

    private static DateTimeOffset MinuteOf(System.Text.Json.Nodes.JsonObject row) => DateTimeOffset.FromUnixTimeSeconds((long)row["minute"]!);

    private static void Change(
        Dictionary<(string, DateTimeOffset), LedgerLine> lines,
        string projectId,
        DateTimeOffset minute,
        Func<LedgerLine, LedgerLine> change) =>
        lines[(projectId, minute)] = change(lines.GetValueOrDefault((projectId, minute)) ?? new LedgerLine(projectId, minute, 0, 0, 0, 0, 0));
}
