using System.Globalization;
using Pipeline.Buffer;
using Pipeline.Consumers.Tests.Converting;
using Pipeline.Consumers.Tests.Simulation;
using Pipeline.Schemas.Records;
using Pipeline.Storage;
using Pipeline.Testing.ObjectStores;
using Pipeline.Testing.Stores;

namespace Pipeline.Consumers.Tests.Rescuing;

/// <summary>What each class of failure costs, in virtual time: attempts, splits, batches put aside, and the time until everything goes on.</summary>
public sealed class FailureClassTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(30);

    [Fact]
    public void Too_many_parts_for_three_minutes_is_waited_out_with_growing_pauses_and_puts_nothing_aside()
    {
        using var simulation = new WriterSimulation();
        using var putAside = new CounterSum(simulation.Meters, "pipeline.consumer.failed.batches");
        var attempts = new List<DateTimeOffset>();
        simulation.Store.Inserting = _ => attempts.Add(simulation.Clock.GetUtcNow());
        simulation.Store.Plan = _ => InsertPlan.Failed(InsertOutcome.Overloaded, 252);
        var writer = simulation.Start();
        for (var second = 0; second < 180; second++)
        {
            simulation.Log.Append(0, Good(second));
            simulation.Pass(Second);
        }

        var pauses = attempts.Zip(attempts.Skip(1), (one, next) => next - one).ToList();
        Assert.InRange(attempts.Count, 60, 200);
        Assert.All(pauses, pause => Assert.InRange(pause, simulation.Options.OverloadMinPause / 2, simulation.Options.RetryMaxPause + Second));
        Assert.True(pauses.Skip(1).Average(pause => pause.TotalSeconds) > pauses[0].TotalSeconds, "the pauses did not grow");
        Assert.Empty(simulation.Log.Commits);
        Assert.False(writer.Health.IsReady);

        simulation.Store.Plan = null;
        simulation.PassUntil(() => simulation.IsDrained, Recovery);
        Assert.Empty(simulation.Objects.Keys);
        Assert.Equal(0, putAside.Value);
        Assert.True(writer.Health.IsReady);
        simulation.AssertStoredExactly();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    [InlineData(600)]
    public void A_server_short_of_memory_gets_halves_of_halves_and_no_more(int rowsThatFit)
    {
        const int Events = 1_000;
        using var simulation = new WriterSimulation();
        var sizes = new List<int>();
        simulation.Store.Inserting = batch => sizes.Add(batch.States.Observations.Count);
        simulation.Store.Plan = batch => batch.States.Observations.Count > rowsThatFit ? InsertPlan.Failed(InsertOutcome.TooLarge, 241) : InsertPlan.Stored;
        simulation.Log.Append(0, Record([.. Enumerable.Range(0, Events).Select(GoodEvent)]));
        simulation.Start();
        simulation.PassUntil(() => simulation.IsDrained);

        // Halves differ by one row, so the level of a piece is how often the whole was halved to be that small.
        var levels = sizes.Where(size => size > 0).Select(size => (int)Math.Round(Math.Log2(Events / (double)size))).Distinct().Count();
        Assert.InRange(levels, 2, (int)Math.Log2(Events) + 2);
        // Apart from the probes, one for each piece that was too large.
        Assert.InRange(sizes.Count(size => size > 0), 3, (4 * Events / rowsThatFit) + 10);
        Assert.Empty(simulation.Objects.Keys);
        simulation.AssertStoredExactly();
    }

    [Fact]
    public void A_table_that_is_refused_for_good_costs_one_failed_batch_after_three_tries_within_a_minute()
    {
        using var simulation = new WriterSimulation();
        using var putAside = new CounterSum(simulation.Meters, "pipeline.consumer.failed.batches");
        var writer = simulation.Start();
        simulation.Log.Append(0, Good(0));
        simulation.PassUntil(() => simulation.IsDrained);
        var whole = 0;
        simulation.Store.Plan = batch =>
        {
            whole += batch.States.Scores.Count > 0 && batch.States.Receipts.Count > 0 ? 1 : 0;
            return batch.States.Scores.Count > 0 ? InsertPlan.Failed(InsertOutcome.Refused, 164) : InsertPlan.Stored;
        };
        simulation.Log.Append(0, Record(Records.Event("score-create", """{"id":"s1","traceId":"t0","name":"q","value":1}""", id: "score-1")));
        simulation.Log.Append(0, Good(1));
        simulation.PassUntil(() => simulation.IsDrained, TimeSpan.FromMinutes(1));

        Assert.Equal(simulation.Options.RefusedAttempts, whole);
        Assert.Equal(1, putAside.Value);
        Assert.Equal(2, simulation.Objects.Keys.Count);
        Assert.Single(KeptRecords.In(simulation.Objects));
        Assert.True(writer.Health.IsReady);
    }

    [Fact]
    public void Bytes_that_are_no_records_for_half_a_minute_halt_the_writer_instead_of_draining_the_topic()
    {
        const int PerSecond = 20;
        using var simulation = new WriterSimulation();
        var writer = simulation.Start();
        for (var second = 0; second < 30; second++)
        {
            for (var record = 0; record < PerSecond; record++)
            {
                simulation.Log.Append(0, new RecordHeaders("1.0", null), [0xFF, (byte)second, (byte)record]);
            }

            simulation.Pass(Second);
        }

        Assert.Equal("halted", writer.Progress.Activity);
        Assert.InRange(KeptRecords.In(simulation.Objects).Count, 1, 100);
        Assert.Equal(KeptRecords.In(simulation.Objects).Count, simulation.Log.CommittedOffset(simulation.Options.Group, 0));
        Assert.True(writer.Health.IsLive);
    }

    [Fact]
    public void A_gateways_report_beside_poison_is_no_other_sender()
    {
        using var simulation = new WriterSimulation();
        var reports = new SampleRecords(new Random(1), simulation.Clock);
        var writer = simulation.Start();
        for (var second = 0; second < 30; second++)
        {
            simulation.Log.Append(0, Record([.. Enumerable.Range(second * 20, 20).Select(Poison.Event)]));
            simulation.Log.Append(0, reports.Accounts() with { ProjectId = AccountingProject.Id });
            simulation.Pass(Second);
        }

        Assert.Equal("halted", writer.Progress.Activity);
    }

    [Fact]
    public void While_the_failure_store_is_away_memory_stays_bounded_and_the_writer_goes_on_within_half_a_minute()
    {
        using var simulation = new WriterSimulation();
        simulation.Options.MaxBatchBytes = 2_000;
        simulation.Options.MaxBufferedBytes = 4_000;
        simulation.Options.MaxPoisonRatio = 1;
        simulation.Objects.Plan = _ => ObjectPlan.Failed();
        var writer = simulation.Start();
        for (var minute = 0; minute < 10; minute++)
        {
            for (var number = 0; number < 20; number++)
            {
                simulation.Log.Append(0, Record(GoodEvent((minute * 20) + number), Poison.Event((minute * 20) + number)));
            }

            simulation.Pass(TimeSpan.FromMinutes(1), Second);
            Assert.Equal("waiting_for_failure_store", writer.Progress.Activity);
        }

        Assert.Empty(simulation.Log.Commits);
        Assert.Equal("failure store", Assert.Single(writer.Health.WhyNotReady()).Name);
        Assert.InRange(simulation.Store.MostOpenBatches, 1, 3);
        Assert.InRange(writer.Reader!.MostQueuedBytes, 1, 4_000 + 1_000);

        simulation.Objects.Plan = null;
        simulation.PassUntil(() => simulation.Log.Commits.Count > 0, Recovery);
        Assert.True(writer.Health.IsReady);
        simulation.PassUntil(() => simulation.IsDrained);
        simulation.AssertStoredExactly();
    }

    private static BufferRecord Good(int number) => Record(GoodEvent(number));

    private static BufferRecord Record(params LangfuseEvent[] events) => Records.Rest(events) with { RecordId = Guid.NewGuid() };

    private static LangfuseEvent GoodEvent(int number) => Records.Event(
        "span-create",
        string.Create(CultureInfo.InvariantCulture, $$"""{"id":"g{{number}}","traceId":"t0","name":"good"}"""),
        id: string.Create(CultureInfo.InvariantCulture, $"good-{number}"));
}
