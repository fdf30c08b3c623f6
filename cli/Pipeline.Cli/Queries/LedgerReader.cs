using System.Globalization;
using System.Text.Json.Nodes;
using Pipeline.Buffer;
using Pipeline.Schemas;
using Pipeline.Schemas.Records;
using Pipeline.Storage.ClickHouse.Querying;

namespace Pipeline.Cli.Queries;

/// <summary>Adds the ledger up from its three independent sources: receipts, the gateways' own counts, and the log.</summary>
/// <remarks>
/// Exact while everything runs, by the order of reading. The gateways' counts come first: what they reported by then is in the log when the
/// positions are read. Each record then counts once: below the committed offset by its receipt, which is stored before the commit, and from
/// there to the end by what the log itself holds. A record that the log holds twice counts once, by its latest attempt.
/// </remarks>
internal sealed class LedgerReader(ClickHouseQueryClient client, LogTail tail, string topic)
{
    internal async Task<LedgerReport> ReadAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        var counts = new Dictionary<(string Project, DateTimeOffset Minute, string Instance), LedgerCounts>();
        await AddReportsAsync(counts, since, cancellationToken);
        var positions = await tail.PositionsAsync(cancellationToken);
        await foreach (var (_, record) in tail.ReadAsync(positions, cancellationToken))
        {
            if (record.PayloadKind != PayloadKind.GatewayAccounts)
            {
                var minute = UnixMicros.ToDateTimeOffset(UnixMicros.FloorToMinute(record.ReceivedAtMicros));
                Change(counts, (record.ProjectId, minute, record.InstanceId), old => old with { InFlight = old.InFlight + record.EventCount, Accepted = old.Accepted + record.EventCount });
            }
        }

        await AddReceiptsAsync(counts, positions, since, cancellationToken);
        var partitions = new List<PartitionLine>();
        foreach (var position in positions)
        {
            partitions.Add(await ReadPartitionAsync(position, since, cancellationToken));
        }

        var lines = counts
            .GroupBy(entry => (entry.Key.Project, entry.Key.Minute), entry => entry.Value)
            .Select(group => new LedgerLine(group.Key.Project, group.Key.Minute, [.. group]))
            .OrderBy(line => line.ProjectId, StringComparer.Ordinal).ThenBy(line => line.Minute);
        return new LedgerReport([.. lines], partitions);
    }

    private async Task AddReportsAsync(Dictionary<(string, DateTimeOffset, string), LedgerCounts> counts, DateTimeOffset since, CancellationToken cancellationToken)
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

    private async Task AddReceiptsAsync(
        Dictionary<(string, DateTimeOffset, string), LedgerCounts> counts,
        IReadOnlyList<PartitionPosition> positions,
        DateTimeOffset since,
        CancellationToken cancellationToken)
    {
        var parameters = Since(since);
        parameters["topic"] = topic;
        parameters["partitions"] = $"[{string.Join(',', positions.Select(position => Text(position.Partition)))}]";
        parameters["committed"] = $"[{string.Join(',', positions.Select(position => Text(position.CommittedOffset ?? 0)))}]";
        var rows = await client.QueryAsync(
            "SELECT project_id, minute, instance_id, sum(record_accepted) AS accepted, sum(record_stored) AS stored, sum(record_failed) AS failed FROM ("
            + "SELECT any(project_id) AS project_id, any(toUnixTimestamp(receipts.minute)) AS minute, any(instance_id) AS instance_id, argMax(accepted, attempt) AS record_accepted, "
            + "argMax(stored, attempt) AS record_stored, argMax(failed, attempt) AS record_failed FROM receipts "
            + "WHERE payload_kind != 3 AND receipts.minute >= {since:DateTime('UTC')} AND topic = {topic:String} "
            + "AND offset < transform(partition, {partitions:Array(UInt32)}, {committed:Array(UInt64)}, toUInt64(0)) GROUP BY record_id) "
            + "GROUP BY project_id, minute, instance_id",
            parameters,
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
        parameters["topic"] = topic;
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

    private static Dictionary<string, string> Since(DateTimeOffset since) =>
        new(StringComparer.Ordinal) { ["since"] = since.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static (string Project, DateTimeOffset Minute, string Instance) KeyOf(JsonObject row) =>
        ((string)row["project_id"]!, DateTimeOffset.FromUnixTimeSeconds((long)row["minute"]!), (string)row["instance_id"]!);

    private static void Change(
        Dictionary<(string, DateTimeOffset, string), LedgerCounts> counts,
        (string, DateTimeOffset, string) key,
        Func<LedgerCounts, LedgerCounts> change) => counts[key] = change(counts.GetValueOrDefault(key));
}
