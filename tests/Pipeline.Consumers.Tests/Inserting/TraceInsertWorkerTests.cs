using Pipeline.Consumers.Tests.Simulation;
using Pipeline.Schemas.Records;
using Pipeline.Storage;
using Pipeline.Testing.Stores;

namespace Pipeline.Consumers.Tests.Inserting;

public sealed class TraceInsertWorkerTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void A_single_record_is_stored_and_committed_without_waiting_for_a_full_batch()
    {
        using var simulation = new WriterSimulation();
        simulation.Start();

        simulation.Log.Append(0, RecordsOf(simulation).Events(3));
        simulation.PassUntil(() => simulation.IsDrained, simulation.Options.IdleFlushInterval + TimeSpan.FromMilliseconds(150));

        simulation.AssertStoredExactly();
    }

    [Fact]
    public void Under_a_trickle_a_batch_is_cut_by_its_age()
    {
        using var simulation = new WriterSimulation();
        var records = RecordsOf(simulation);
        simulation.Start();

        for (var i = 0; i < 100; i++)
        {
            simulation.Log.Append(0, records.Events(1));
            simulation.Pass(TimeSpan.FromMilliseconds(50));
        }

        Assert.InRange(simulation.Store.Batches.Count, 4, 6);
    }

    [Fact]
    public void Batches_are_cut_by_rows()
    {
        using var simulation = new WriterSimulation();
        simulation.Options.MaxBatchRows = 10;
        simulation.Options.MaxBufferedBytes = 500;
        Fill(simulation, 60);
        simulation.Start();

        simulation.PassUntil(() => simulation.IsDrained);

        Assert.True(simulation.Store.Batches.Count > 5);
        Assert.All(simulation.Store.Batches, batch => Assert.InRange(batch.RowCount, 1, 60));
        simulation.AssertStoredExactly();
    }

    [Fact]
    public void Batches_are_cut_by_bytes()
    {
        using var simulation = new WriterSimulation();
        simulation.Options.MaxBatchBytes = 1_000;
        simulation.Options.MaxBufferedBytes = 500;
        Fill(simulation, 60);
        simulation.Start();

        simulation.PassUntil(() => simulation.IsDrained);

        Assert.True(simulation.Store.Batches.Count > 5);
        simulation.AssertStoredExactly();
    }

    [Fact]
    public void Offset_is_not_committed_when_the_insert_fails()
    {
        using var simulation = new WriterSimulation();
        simulation.Store.Plan = _ => InsertPlan.Failed(InsertOutcome.Unavailable);
        Fill(simulation, 5);
        simulation.Start();

        simulation.Pass(TimeSpan.FromMinutes(1));

        Assert.True(simulation.Store.Attempts > 5);
        Assert.Empty(simulation.Log.Commits);
    }

    [Fact]
    public void Rows_that_were_stored_although_the_answer_was_lost_are_sent_again_and_show_once()
    {
        using var simulation = new WriterSimulation();
        var attempt = 0;
        simulation.Store.Plan = _ => ++attempt < 4 ? InsertPlan.Failed(InsertOutcome.Unavailable) with { StoresRows = true } : InsertPlan.Stored;
        Fill(simulation, 5);
        simulation.Start();

        simulation.PassUntil(() => simulation.IsDrained);

        Assert.Equal(4, simulation.Store.Attempts);
        simulation.AssertStoredExactly();
    }

    [Fact]
    public void One_insert_is_on_its_way_and_one_batch_waits_however_slow_the_store_is()
    {
        using var simulation = new WriterSimulation();
        simulation.Options.MaxBatchRows = 5;
        simulation.Options.MaxBufferedBytes = 500;
        simulation.Store.Plan = _ => InsertPlan.Stored with { Latency = Second };
        Fill(simulation, 40);
        simulation.Start();

        simulation.PassUntil(() => simulation.IsDrained);

        Assert.Equal(1, simulation.Store.MostInFlight);
        Assert.Equal(2, simulation.Store.MostOpenBatches);
        Assert.Equal(0, simulation.Store.OpenBatches);
    }

    [Fact]
    public void A_store_down_for_an_hour_keeps_the_loop_alive_and_memory_bounded_and_then_drains()
    {
        using var simulation = new WriterSimulation(4);
        simulation.Options.MaxBatchBytes = 2_000;
        simulation.Options.MaxBufferedBytes = 4_000;
        simulation.Store.Plan = _ => InsertPlan.Failed(InsertOutcome.Unavailable);
        var writer = simulation.Start();
        for (var minute = 0; minute < 60; minute++)
        {
            Fill(simulation, 20);
            simulation.Pass(TimeSpan.FromMinutes(1), Second);
            Assert.True(writer.Health.IsLive);
            Assert.False(writer.Health.IsReady);
            Assert.Equal("waiting_for_store", writer.Progress.Activity);
        }

        Assert.Equal("store", Assert.Single(writer.Health.WhyNotReady()).Name);
        Assert.InRange(writer.Logger.Lines.Count, 1, 3);
        Assert.Equal(2, simulation.Store.MostOpenBatches);
        Assert.InRange(writer.Reader!.MostQueuedBytes, 1, 4_000 + 1_000);

        simulation.Store.Plan = null;
        simulation.PassUntil(() => simulation.IsDrained);
        Assert.True(writer.Health.IsReady);
        simulation.PassUntil(() => writer.Progress.Activity == "idle", TimeSpan.FromSeconds(2));
        simulation.AssertStoredExactly();
    }

    [Fact]
    public void A_refused_batch_waits_visibly_and_is_never_passed_by()
    {
        using var simulation = new WriterSimulation();
        simulation.Store.Plan = _ => InsertPlan.Failed(InsertOutcome.Refused, 16);
        var writer = simulation.Start();
        Fill(simulation, 5);

        simulation.Pass(TimeSpan.FromMinutes(10), Second);

        Assert.Empty(simulation.Log.Commits);
        Assert.Equal(["store", "halt"], writer.Health.WhyNotReady().Select(reason => reason.Name));
        Assert.Contains("16", writer.Health.WhyNotReady()[0].Reason, StringComparison.Ordinal);
        Assert.Single(writer.Logger.Lines, line => line.Level == Microsoft.Extensions.Logging.LogLevel.Error);
        Assert.True(writer.IsAlive);
    }

    [Fact]
    public void An_overloaded_store_gets_fewer_and_wider_inserts_until_it_is_calm()
    {
        using var simulation = new WriterSimulation();
        var records = RecordsOf(simulation);
        var attempt = 0;
        simulation.Store.Plan = _ => ++attempt == 1 ? InsertPlan.Failed(InsertOutcome.Overloaded, 252) : InsertPlan.Stored;
        simulation.Start();

        var perTenSeconds = new List<int>();
        for (var window = 0; window < 6; window++)
        {
            var before = simulation.Store.Batches.Count;
            for (var i = 0; i < 200; i++)
            {
                simulation.Log.Append(0, records.Events(1));
                simulation.Pass(TimeSpan.FromMilliseconds(50));
            }

            perTenSeconds.Add(simulation.Store.Batches.Count - before);
        }

        Assert.InRange(perTenSeconds[0], 1, 4);
        Assert.InRange(perTenSeconds[^1], 8, 11);
    }

    [Fact]
    public void A_newer_schema_version_stops_the_writer_and_nothing_is_committed_past_it()
    {
        using var simulation = new WriterSimulation();
        Fill(simulation, 3);
        simulation.Log.Append(0, new RecordHeaders("2.0", null), [1, 2, 3]);
        Fill(simulation, 3);

        var writer = simulation.Start();
        simulation.Pass(TimeSpan.FromSeconds(30));

        Assert.IsType<UnreadableRecordException>(writer.Running.Exception!.InnerException);
        Assert.Equal(3, simulation.Log.CommittedOffset(simulation.Options.Group, 0));
        Assert.Equal(3, simulation.Store.Receipts.Count);
        Assert.Contains(writer.Logger.Lines, line => line.Text.Contains("events/0/3", StringComparison.Ordinal));
    }

    [Fact]
    public void A_malformed_record_is_rejected_and_its_neighbours_are_stored()
    {
        using var simulation = new WriterSimulation();
        Fill(simulation, 2);
        simulation.Log.Append(0, new RecordHeaders("1.0", null), [0xFF, 0xFF]);
        Fill(simulation, 2);
        simulation.Start();

        simulation.PassUntil(() => simulation.IsDrained);

        Assert.Equal((0, 2L), (Assert.Single(simulation.Store.Rejected).Partition, simulation.Store.Rejected[0].Offset));
        simulation.AssertStoredExactly();
    }

    [Fact]
    public void A_gateways_report_read_twice_counts_once()
    {
        using var simulation = new WriterSimulation();
        var records = RecordsOf(simulation);
        var report = records.Accounts();
        simulation.Log.Append(0, report);
        simulation.Log.Append(0, report with { RecordId = Guid.NewGuid() });
        simulation.Start();

        simulation.PassUntil(() => simulation.IsDrained);

        Assert.Single(simulation.Store.Accounts);
        Assert.All(simulation.Store.Receipts, receipt => Assert.Equal(0, receipt.Accepted));
    }

    internal static SampleRecords RecordsOf(WriterSimulation simulation) => new(new Random(7), simulation.Clock);

    internal static void Fill(WriterSimulation simulation, int count)
    {
        var records = new SampleRecords(new Random(simulation.Log.Records().Count), simulation.Clock);
        for (var i = 0; i < count; i++)
        {
            simulation.Log.Append(i % simulation.Log.PartitionCount, records.Events(3));
        }
    }
}
