using System.Globalization;
using Pipeline.Schemas;
using Pipeline.Schemas.Records;
using Pipeline.Storage.Batches;
using Pipeline.Storage.ClickHouse.Tests.Inserting;
using Pipeline.Testing.Engine;

namespace Pipeline.Storage.ClickHouse.Tests.Views;

[Collection(EngineCollection.Name)]
[Trait("Needs", "Engine")]
public sealed class LedgerTableTests(EngineFixture fixture)
{
    private static string Today => SampleReceipts.Today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    [EngineFact]
    public async Task A_receipt_comes_back_field_by_field_and_is_found_by_a_hash()
    {
        using var database = await TestDatabase.CreateAsync(fixture.Engine);
        await database.InsertAsync(BatchOf(SampleReceipts.Any()));

        var row = Assert.Single(await database.QueryAsync("SELECT * EXCEPT (stored_at) FROM receipts FINAL WHERE has(event_hashes, 18446744073709551615)"));

        Assert.Equal(
            $$"""{"record_id":"019a9f2e-1234-7abc-8def-0123456789ab","project_id":"project-a","minute":"{{Today}}T00:01:00Z","received_at":"{{Today}}T00:01:15.123456Z","topic":"pipeline.traces","partition":3,"offset":5000000000,"request_id":"request-1","instance_id":"gateway-1","attempt":1,"payload_kind":2,"accepted":50,"stored":49,"failed":1,"event_hashes":[1,18446744073709551615],"entity_hashes":[7],"trace_hashes":[]}""",
            row.ToJsonString());
    }

    [EngineFact]
    public async Task The_latest_attempt_at_a_place_replaces_whatever_arrives_last()
    {
        using var database = await TestDatabase.CreateAsync(fixture.Engine);
        var replayed = SampleReceipts.Any() with { Attempt = 2, Stored = 50, Failed = 0 };
        await database.InsertAsync(BatchOf(replayed));
        await database.InsertAsync(BatchOf(SampleReceipts.Any()));
        await database.InsertAsync(BatchOf(SampleReceipts.Any()));

        var row = Assert.Single(await database.QueryAsync("SELECT attempt, stored, failed FROM receipts FINAL"));

        Assert.Equal("""{"attempt":2,"stored":50,"failed":0}""", row.ToJsonString());
    }

    [EngineFact]
    public async Task The_largest_sequence_of_a_gateway_and_minute_counts()
    {
        using var database = await TestDatabase.CreateAsync(fixture.Engine);
        foreach (var (instance, sequence, acknowledged) in new[] { ("g1", 2L, 70L), ("g1", 1L, 30L), ("g1", 2L, 70L), ("g2", 1L, 5L) })
        {
            var batch = new StateBatch();
            batch.Accounts.Add(new AccountReport(instance, sequence, new GatewayAccount("project-a", UnixMicros.FloorToMinute(SampleReceipts.ReceivedAtMicros), acknowledged)));
            await database.InsertAsync(batch);
        }

        var row = Assert.Single(await database.QueryAsync("SELECT minute, sum(acknowledged) AS total FROM gateway_accounts FINAL GROUP BY minute"));

        Assert.Equal($$"""{"minute":"{{Today}}T00:01:00Z","total":75}""", row.ToJsonString());
    }

    [EngineFact]
    public async Task A_rejected_event_is_one_row_however_often_its_record_is_read()
    {
        using var database = await TestDatabase.CreateAsync(fixture.Engine);
        for (var delivery = 0; delivery < 3; delivery++)
        {
            var batch = new StateBatch();
            batch.Rejected.Add(new RejectedEvent(null, "", "pipeline.traces", 1, 42, -1, "malformed_record", "no schema version"));
            await database.InsertAsync(batch);
        }

        var row = Assert.Single(await database.QueryAsync("SELECT record_id, position, reason FROM rejected_events FINAL"));

        Assert.Equal("""{"record_id":"00000000-0000-0000-0000-000000000000","position":-1,"reason":"malformed_record"}""", row.ToJsonString());
    }

    [EngineFact]
    public async Task A_large_batch_of_many_blocks_is_one_part_per_day()
    {
        using var database = await TestDatabase.CreateAsync(fixture.Engine);
        await database.ExecuteAsync("SYSTEM STOP MERGES");
        await database.InsertAsync(new Testing.States.TypicalStates(new Random(3)).Batch(5_000));

        var rows = await database.QueryAsync(
            "SELECT count() AS parts, sum(rows) AS rows FROM system.parts WHERE database = currentDatabase() AND table = 'observation_states' AND active");
        await database.ExecuteAsync("SYSTEM START MERGES");

        Assert.Equal("""{"parts":1,"rows":5000}""", rows[0].ToJsonString());
    }

    private static StateBatch BatchOf(Receipt receipt)
    {
        var batch = new StateBatch();
        batch.Receipts.Add(receipt);
        return batch;
    }
}
