using Pipeline.Storage.ClickHouse.Querying;
using Pipeline.Storage.Replays;

namespace Pipeline.Storage.ClickHouse.Replaying;

/// <summary>Reads receipts by record id.</summary>
/// <exception cref="ClickHouseException">ClickHouse refused or did not answer.</exception>
public sealed class ReceiptReader(ClickHouseQueryClient client) : IReceiptReader
{
    // What an attempt stored once is stored, whatever became of it at another place: the ledger orders receipts alike.
    // The ids travel in the address of a GET, whose length servers limit to some kilobytes.
    private const int IdsPerQuery = 100;

    /// <inheritdoc />
    public async ValueTask<IReadOnlyDictionary<Guid, RecordOutcome>> ReadAsync(IReadOnlyCollection<Guid> recordIds, CancellationToken cancellationToken)
    {
        var outcomes = new Dictionary<Guid, RecordOutcome>();
        foreach (var ids in recordIds.Distinct().Chunk(IdsPerQuery))
        {
            var rows = await client.QueryAsync(
                "SELECT toString(record_id) AS id, toInt32(max(attempt)) AS latest, toInt32(argMax(stored, (attempt, stored))) AS stored_events, toInt32(argMax(failed, (attempt, stored))) AS failed_events "
                + "FROM receipts WHERE record_id IN (SELECT arrayJoin({ids:Array(UUID)})) GROUP BY record_id",
                new Dictionary<string, string>(StringComparer.Ordinal) { ["ids"] = $"[{string.Join(',', ids.Select(id => $"'{id}'"))}]" },
                cancellationToken);
            foreach (var row in rows)
            {
                outcomes[Guid.Parse((string)row["id"]!)] = new RecordOutcome((int)row["latest"]!, (int)row["stored_events"]!, (int)row["failed_events"]!);
            }
        }

        return outcomes;
    }
}
