using System.Text.Json.Nodes;
using Pipeline.Cli.Queries;
using Pipeline.Storage.ClickHouse.Querying;

namespace Pipeline.Cli.Gaps;

/// <summary>Reads the records whose latest attempt failed, in part or whole.</summary>
internal sealed class FailedRecordReader(ClickHouseQueryClient client)
{
    private const string Place = "concat(topic, '/', toString(partition), '/', toString(offset))";

    internal async Task<IReadOnlyList<FailedRecordLine>> ReadAsync(ReceiptScope scope, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var parameters = scope.AddTo(LedgerReader.Since(since));
        var rows = await client.QueryAsync(
            "SELECT any(project_id) AS project_id, any(toUnixTimestamp(receipts.minute)) AS minute, "
            + $"toInt64(argMax(failed, {ReceiptScope.Order})) AS record_failed, argMax({Place}, {ReceiptScope.Order}) AS latest, groupUniqArrayIf({Place}, failed > 0) AS places FROM receipts "
            + $"WHERE payload_kind != 3 AND receipts.minute >= {{since:DateTime('UTC')}} AND {ReceiptScope.Condition} GROUP BY record_id HAVING record_failed > 0",
            parameters,
            cancellationToken);
        if (rows.Count == 0)
        {
            return [];
        }

        var why = await client.QueryAsync(
            $"SELECT {Place} AS place, arrayStringConcat(arraySort(groupUniqArray(reason)), ', ') AS reasons FROM rejected_events "
            + $"WHERE record_id IN (SELECT record_id FROM receipts WHERE failed > 0 AND minute >= {{since:DateTime('UTC')}} AND {ReceiptScope.Condition}) GROUP BY place",
            parameters,
            cancellationToken);
        var reasons = why.ToDictionary(row => (string)row["place"]!, row => (string)row["reasons"]!, StringComparer.Ordinal);
        return
        [
            .. rows.Select(row => new FailedRecordLine(
                (string)row["project_id"]!,
                DateTimeOffset.FromUnixTimeSeconds((long)row["minute"]!),
                (long)row["record_failed"]!,
                reasons.GetValueOrDefault((string)row["latest"]!) ?? "no reason is kept",
                [.. ((JsonArray)row["places"]!).Select(place => (string)place!)])),
        ];
    }
}
