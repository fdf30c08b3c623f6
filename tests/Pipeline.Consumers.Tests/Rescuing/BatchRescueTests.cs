using Pipeline.Consumers.Rescuing;
using Pipeline.Consumers.Tests.Converting;
using Pipeline.Consumers.Tests.Simulation;
using Pipeline.Schemas.Records;
using Pipeline.Storage;
using Pipeline.Storage.Failures;
using Pipeline.Testing.ObjectStores;
using Pipeline.Testing.Stores;

namespace Pipeline.Consumers.Tests.Rescuing;

public sealed class BatchRescueTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(1_000, 1)]
    [InlineData(1_000, 3)]
    [InlineData(1_000, 10)]
    [InlineData(10_000, 1)]
    public void Only_the_poisoned_rows_stay_behind_and_they_are_found_in_few_inserts(int events, int poisoned)
    {
        using var simulation = new WriterSimulation();
        var random = new Random(events + poisoned);
        var bad = Enumerable.Range(0, events).OrderBy(_ => random.Next()).Take(poisoned).ToHashSet();
        foreach (var chunk in Enumerable.Range(0, events).Chunk(50))
        {
            simulation.Log.Append(0, Record([.. chunk.Select(number => bad.Contains(number) ? Poison.Event(number) : Good(number))]));
        }

        simulation.Start();
        simulation.PassUntil(() => simulation.IsDrained);

        Assert.Equal(events - poisoned, simulation.Store.Receipts.Sum(receipt => receipt.Stored));
        Assert.Equal(poisoned, simulation.Store.Receipts.Sum(receipt => receipt.Failed));
        Assert.InRange(simulation.Store.Attempts, 1, (2 * poisoned * Math.Log2(events)) + 10);
        simulation.AssertStoredExactly();
    }

    [Fact]
    public void A_batch_of_poison_alone_takes_a_bounded_number_of_inserts()
    {
        using var simulation = new WriterSimulation();
        simulation.Options.MaxPoisonRatio = 1;
        simulation.Options.MaxBatchRows = 100_000;
        foreach (var chunk in Enumerable.Range(0, 5_000).Chunk(100))
        {
            simulation.Log.Append(0, Record([.. chunk.Select(Poison.Event)]));
        }

        simulation.Start();
        simulation.PassUntil(() => simulation.IsDrained, TimeSpan.FromMinutes(10));

        Assert.InRange(simulation.Store.Attempts, RowBisection.MaxInserts, RowBisection.MaxInserts + (5_000 / RowBisection.SmallPiece) + 10);
        simulation.AssertStoredExactly();
    }

    [Fact]
    public void Many_bad_rows_in_one_batch_take_few_good_ones_with_them_and_halt_nobody()
    {
        using var simulation = new WriterSimulation();
        simulation.Options.MaxBatchRows = 100_000;
        foreach (var chunk in Enumerable.Range(0, 20_000).Chunk(100))
        {
            simulation.Log.Append(0, Record([.. chunk.Select(number => number % 60 == 7 ? Poison.Event(number) : Good(number))]));
        }

        var writer = simulation.Start();
        simulation.PassUntil(() => simulation.IsDrained, TimeSpan.FromMinutes(10));

        Assert.InRange(simulation.Store.Receipts.Sum(receipt => receipt.Failed), 334, 20_000 / 4);
        Assert.InRange(simulation.Store.Attempts, 1, RowBisection.MaxInserts + (20_000 / RowBisection.SmallPiece) + 10);
        Assert.True(writer.Health.IsReady);
    }

    [Fact]
    public void A_replay_in_which_much_fails_again_does_not_halt_its_lane()
    {
        using var simulation = new WriterSimulation();
        var origin = new ReplayOrigin(Guid.NewGuid(), Guid.NewGuid()).ToString();
        for (var record = 0; record < 30; record++)
        {
            var events = Enumerable.Range(record * 20, 20).Select(Poison.Event).ToArray();
            simulation.Log.Append(0, Record(events) with { Lane = RecordLane.Replay, Attempt = 1, ReplayOrigin = origin });
        }

        simulation.Start();
        simulation.PassUntil(() => simulation.IsDrained);

        Assert.Empty(simulation.Objects.Keys);
        Assert.Equal(600, simulation.Store.Receipts.Sum(receipt => receipt.Failed));
    }

    [Fact]
    public void A_row_that_is_too_large_alone_is_put_aside_when_the_server_takes_others()
    {
        using var simulation = new WriterSimulation();
        simulation.Store.Plan = batch => batch.States.Observations.Count > 0 ? InsertPlan.Failed(InsertOutcome.TooLarge, 241) : InsertPlan.Stored;
        simulation.Log.Append(0, Record(Good(1)));
        simulation.Start();
        simulation.PassUntil(() => simulation.IsDrained, TimeSpan.FromMinutes(2));

        Assert.Single(KeptRecords.In(simulation.Objects));
    }

    [Fact]
    public void While_the_server_has_no_memory_at_all_nothing_is_blamed()
    {
        using var simulation = new WriterSimulation();
        simulation.Store.Plan = _ => InsertPlan.Failed(InsertOutcome.TooLarge, 241);
        simulation.Log.Append(0, Record([.. Enumerable.Range(0, 50).Select(Good)]));
        simulation.Start();
        simulation.Pass(TimeSpan.FromMinutes(10), Second);
        Assert.Empty(simulation.Objects.Keys);
        Assert.Empty(simulation.Log.Commits);

        simulation.Store.Plan = null;
        simulation.PassUntil(() => simulation.IsDrained, TimeSpan.FromSeconds(30));
        Assert.Empty(simulation.Objects.Keys);
        simulation.AssertStoredExactly();
    }

    [Fact]
    public void A_table_that_is_refused_halts_also_when_another_holds_poison()
    {
        using var simulation = new WriterSimulation();
        simulation.Options.MaxBatchRows = 1;
        var writer = simulation.Start();
        simulation.Log.Append(0, Record(Good(0)));
        simulation.PassUntil(() => simulation.IsDrained);

        simulation.Store.Plan = batch => batch.States.Traces.Count > 0 && batch.States.Observations.Count == 0 ? InsertPlan.Failed(InsertOutcome.Refused, 16) : InsertPlan.Stored;
        for (var number = 1; number <= 10; number++)
        {
            simulation.Log.Append(0, Record(Poison.Event(number), Good(number)));
            simulation.Pass(TimeSpan.FromSeconds(30), Second);
        }

        Assert.Equal("halted", writer.Progress.Activity);
        Assert.Equal(simulation.Options.MaxRefusedBatches, KeptRecords.In(simulation.Objects).Count);
    }

    [Fact]
    public void One_bad_sender_does_not_halt_the_others()
    {
        using var simulation = new WriterSimulation();
        var writer = simulation.Start();
        for (var batch = 0; batch < 30; batch++)
        {
            simulation.Log.Append(0, Record([.. Enumerable.Range(batch * 20, 20).Select(Poison.Event)]) with { ProjectId = "bad" });
            simulation.Log.Append(0, Record(Good(batch)));
            simulation.Pass(Second);
        }

        simulation.PassUntil(() => simulation.IsDrained);
        Assert.True(writer.Health.IsReady);
        Assert.Equal(30, simulation.Store.Receipts.Sum(receipt => receipt.Stored));
    }

    [Fact]
    public async Task What_is_put_aside_names_table_entity_and_code()
    {
        using var simulation = new WriterSimulation();
        simulation.Log.Append(0, Record(Good(1), Poison.Event(2), Good(3)));
        simulation.Start();
        simulation.PassUntil(() => simulation.IsDrained);

        var manifest = Assert.Single(await ManifestsAsync(simulation));
        var record = Assert.Single(await simulation.Failures.ReadAsync(manifest, CancellationToken.None));
        var failure = Assert.Single(record.Failures);
        Assert.Equal(("refused_row", Poison.Code, "t0/p2"), (failure.Reason, failure.Code, failure.Entity));
        Assert.Equal(simulation.Log.Records()[0].Value.ToArray(), record.Value.ToArray());
    }

    [Fact]
    public void Of_several_events_of_one_row_only_the_poisoned_one_stays_behind()
    {
        using var simulation = new WriterSimulation();
        simulation.Log.Append(0, Record(Span("o1", "good", "10:00:01"), Span("o1", "poison", "10:00:03")));
        simulation.Log.Append(0, Record(Span("o1", "better", "10:00:02")));
        simulation.Start();
        simulation.PassUntil(() => simulation.IsDrained);

        Assert.Equal([1, 1], simulation.Store.Receipts.OrderBy(receipt => receipt.Offset).Select(receipt => receipt.Stored));
        Assert.Equal([1, 0], simulation.Store.Receipts.OrderBy(receipt => receipt.Offset).Select(receipt => receipt.Failed));
        Assert.Equal("better", Assert.Single(simulation.Store.TakeStates().Observations).Name.Value.ToString());
    }

    [Fact]
    public void A_batch_too_large_for_the_store_is_stored_in_pieces_and_nothing_is_put_aside()
    {
        using var simulation = new WriterSimulation();
        simulation.Store.Plan = batch => batch.States.Observations.Count > 30 ? InsertPlan.Failed(InsertOutcome.TooLarge, 241) : InsertPlan.Stored;
        simulation.Log.Append(0, Record([.. Enumerable.Range(0, 200).Select(Good)]));
        simulation.Start();
        simulation.PassUntil(() => simulation.IsDrained);

        Assert.Empty(simulation.Objects.Keys);
        simulation.AssertStoredExactly();
    }

    [Fact]
    public void A_table_that_is_refused_puts_aside_its_records_and_the_others_are_stored()
    {
        using var simulation = new WriterSimulation();
        var writer = simulation.Start();
        simulation.Log.Append(0, Record(Good(0)));
        simulation.PassUntil(() => simulation.IsDrained);

        simulation.Store.Plan = batch => batch.States.Scores.Count > 0 ? InsertPlan.Failed(InsertOutcome.Refused, 16) : InsertPlan.Stored;
        simulation.Log.Append(0, Record(Records.Event("score-create", """{"id":"s1","traceId":"t0","name":"q","value":1}""")));
        simulation.Log.Append(0, Record(Good(1)));
        simulation.PassUntil(() => simulation.IsDrained, TimeSpan.FromSeconds(60));

        Assert.Equal([0, 1, 0], simulation.Store.Receipts.OrderBy(receipt => receipt.Offset).Select(receipt => receipt.Failed));
        Assert.Single(KeptRecords.In(simulation.Objects));
        Assert.True(writer.Health.IsReady);
    }

    [Fact]
    public void A_store_that_refuses_everything_halts_the_writer_instead_of_draining_the_topic()
    {
        using var simulation = new WriterSimulation();
        simulation.Options.MaxBatchRows = 1;
        var writer = simulation.Start();
        simulation.Log.Append(0, Record(Good(0)));
        simulation.PassUntil(() => simulation.IsDrained);

        simulation.Store.Plan = batch => batch.States.Observations.Count > 0 ? InsertPlan.Failed(InsertOutcome.Refused, 60) : InsertPlan.Stored;
        for (var number = 1; number <= 10; number++)
        {
            simulation.Log.Append(0, Record(Good(number)));
            simulation.Pass(TimeSpan.FromSeconds(30), Second);
        }

        Assert.Equal("halted", writer.Progress.Activity);
        Assert.False(writer.Health.IsReady);
        Assert.True(writer.Health.IsLive);
        Assert.Equal(simulation.Options.MaxRefusedBatches, KeptRecords.In(simulation.Objects).Count);

        simulation.Store.Plan = null;
        simulation.PassUntil(() => simulation.IsDrained);
        Assert.True(writer.Health.IsReady);
        Assert.Equal(simulation.Options.MaxRefusedBatches, KeptRecords.In(simulation.Objects).Count);
    }

    [Fact]
    public void Poison_alone_halts_the_writer_after_a_bounded_number()
    {
        using var simulation = new WriterSimulation();
        var writer = simulation.Start();
        for (var batch = 0; batch < 30; batch++)
        {
            simulation.Log.Append(0, Record([.. Enumerable.Range(batch * 20, 20).Select(Poison.Event)]));
            simulation.Pass(Second);
        }

        Assert.Equal("halted", writer.Progress.Activity);
        Assert.InRange(KeptRecords.In(simulation.Objects).Count, 1, 6);
        Assert.Contains("Writer:MaxPoisonRatio", writer.Health.WhyNotReady().Single(reason => reason.Name == "halt").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void While_the_failure_store_is_away_nothing_is_committed_and_afterwards_everything_is()
    {
        using var simulation = new WriterSimulation();
        simulation.Objects.Plan = _ => ObjectPlan.Failed();
        var writer = simulation.Start();
        simulation.Log.Append(0, Record(Good(1), Poison.Event(2)));
        simulation.Log.Append(0, new RecordHeaders("1.0", null), [0xFF, 0xFF]);
        simulation.Pass(TimeSpan.FromMinutes(5), Second);

        Assert.Empty(simulation.Log.Commits);
        Assert.Equal("waiting_for_failure_store", writer.Progress.Activity);
        Assert.True(writer.Health.IsLive);
        Assert.False(writer.Health.IsReady);

        simulation.Objects.Plan = null;
        simulation.PassUntil(() => simulation.IsDrained, TimeSpan.FromSeconds(30));
        simulation.AssertStoredExactly();
        Assert.True(writer.Health.IsReady);
    }

    [Fact]
    public void A_replayed_record_that_fails_again_is_not_kept_a_second_time()
    {
        using var simulation = new WriterSimulation();
        var replayed = Record(Poison.Event(1)) with { Lane = RecordLane.Replay, Attempt = 1, ReplayOrigin = new ReplayOrigin(Guid.NewGuid(), Guid.NewGuid()).ToString() };
        simulation.Log.Append(0, replayed);
        simulation.Start();
        simulation.PassUntil(() => simulation.IsDrained);

        Assert.Empty(simulation.Objects.Keys);
        var receipt = Assert.Single(simulation.Store.Receipts);
        Assert.Equal((1, 1, 0), (receipt.Attempt, receipt.Failed, receipt.Stored));
    }

    private static BufferRecord Record(params LangfuseEvent[] events) => Records.Rest(events) with { RecordId = Guid.NewGuid() };

    private static LangfuseEvent Good(int number) => Records.Event("span-create", $$"""{"id":"g{{number}}","traceId":"t0","name":"good"}""", id: $"good-{number}");

    private static LangfuseEvent Span(string id, string name, string time) =>
        Records.Event("span-create", $$"""{"id":"{{id}}","traceId":"t0","name":"{{name}}"}""", $"2026-11-21T{time}Z", Guid.NewGuid().ToString());

    private static async Task<List<FailedBatchManifest>> ManifestsAsync(WriterSimulation simulation)
    {
        var manifests = new List<FailedBatchManifest>();
        await foreach (var listed in simulation.Failures.ListAsync(null, null, CancellationToken.None))
        {
            manifests.Add(listed.Manifest!);
        }

        return manifests;
    }
}
