using Pipeline.Consumers.Tests.Simulation;
using Pipeline.Storage;
using Pipeline.Testing.Stores;
using static Pipeline.Consumers.Tests.Inserting.TraceInsertWorkerTests;

namespace Pipeline.Consumers.Tests.Committing;

/// <summary>Partitions that move, commits that fail, and processes that end, each at its worst moment.</summary>
public sealed class HandOverTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);

    public static TheoryData<string> Steps => ["after_read", "before_insert", "after_insert_before_commit", "after_commit"];

    [Theory]
    [MemberData(nameof(Steps))]
    public void A_crash_at_any_step_converges_to_the_same_state_and_ledger(string step)
    {
        for (var pass = 1; pass <= 4; pass++)
        {
            using var simulation = new WriterSimulation(2);
            simulation.Options.MaxBatchRows = 10;
            simulation.Options.MaxBufferedBytes = 600;
            Fill(simulation, 30);
            var left = pass;
            var crashes = 0;
            SimulatedWriter? victim = null;
            void Strike()
            {
                if (--left == 0)
                {
                    crashes++;
                    victim!.Context.Crash();
                }
            }

            simulation.Log.Delivered = step == "after_read" ? Strike : null;
            simulation.Log.Committed = step == "after_commit" ? Strike : null;
            simulation.Store.Inserting = step == "before_insert" ? _ => Strike() : null;
            simulation.Store.Inserted = step == "after_insert_before_commit" ? _ => Strike() : null;

            // The loop runs only once there is someone to strike.
            simulation.Log.IsDown = true;
            victim = simulation.Start();
            simulation.Log.IsDown = false;
            simulation.PassUntil(() => crashes == 1);
            victim.Crash();
            simulation.Start();
            simulation.PassUntil(() => simulation.IsDrained);

            simulation.AssertStoredExactly();
        }
    }

    [Fact]
    public void What_is_held_is_flushed_at_once_when_partitions_leave()
    {
        using var simulation = new WriterSimulation(2);
        simulation.Options.FlushInterval = simulation.Options.IdleFlushInterval = TimeSpan.FromSeconds(30);
        simulation.Start();
        Fill(simulation, 10);
        simulation.Pass(TimeSpan.FromSeconds(1));
        Assert.Empty(simulation.Store.Batches);

        simulation.Start();
        simulation.Pass(TimeSpan.FromMilliseconds(200));

        Assert.Equal(5, simulation.Log.CommittedOffset(simulation.Options.Group, 1));
        Assert.Equal([1], simulation.Log.Members[1].AssignedPartitions);
        simulation.PassUntil(() => simulation.IsDrained);
        Assert.Equal(simulation.Store.Receipts.Count, simulation.Store.Batches.Sum(batch => batch.States.Receipts.Count));
    }

    [Fact]
    public void A_hand_over_does_not_spin_while_the_store_is_down_and_ends_in_time()
    {
        using var simulation = new WriterSimulation(2);
        simulation.Store.Plan = _ => InsertPlan.Failed(InsertOutcome.Unavailable);
        var first = simulation.Start();
        Fill(simulation, 10);
        simulation.Pass(TimeSpan.FromSeconds(2));
        var readsBefore = first.Reader!.Reads;

        simulation.Start();
        simulation.Pass(TimeSpan.FromSeconds(15));

        Assert.InRange(first.Reader!.Reads - readsBefore, 0, 50);
        Assert.Equal([1], simulation.Log.Members[1].AssignedPartitions);
        simulation.Store.Plan = null;
        simulation.PassUntil(() => simulation.IsDrained);
        simulation.AssertStoredExactly();
    }

    [Fact]
    public void A_zombies_commit_is_refused_and_steps_nothing_back()
    {
        using var simulation = new WriterSimulation();
        var isSlow = true;
        simulation.Store.Plan = _ => isSlow ? InsertPlan.Stored with { Latency = TimeSpan.FromSeconds(60) } : InsertPlan.Stored;
        var zombie = simulation.Start();
        Fill(simulation, 5);
        simulation.Pass(TimeSpan.FromSeconds(2));
        isSlow = false;

        simulation.Log.Expire(zombie.Reader!);
        var second = simulation.Start();
        simulation.PassUntil(() => simulation.IsDrained);
        Fill(simulation, 5);
        simulation.PassUntil(() => simulation.IsDrained);
        second.Stop();
        simulation.PassUntil(() => second.Running.IsCompleted);
        Fill(simulation, 5);
        simulation.Log.Rejoin(zombie.Reader!);
        simulation.PassUntil(() => simulation.IsDrained);

        Assert.Contains(zombie.Logger.Lines, line => line.Text.Contains("moved to another member", StringComparison.Ordinal));
        simulation.AssertStoredExactly();
    }

    [Fact]
    public void A_commit_that_is_not_confirmed_is_repeated_although_nothing_more_arrives()
    {
        using var simulation = new WriterSimulation();
        simulation.Log.RefusesCommits = true;
        simulation.Start();
        Fill(simulation, 3);
        simulation.PassUntil(() => simulation.Store.Receipts.Count == 3);
        Assert.Empty(simulation.Log.Commits);

        simulation.Log.RefusesCommits = false;
        simulation.PassUntil(() => simulation.IsDrained, TimeSpan.FromSeconds(2));

        Assert.Single(simulation.Store.Batches);
    }

    [Fact]
    public void A_stop_stores_and_commits_what_is_in_hand_and_leaves_the_group()
    {
        using var simulation = new WriterSimulation();
        simulation.Options.FlushInterval = simulation.Options.IdleFlushInterval = TimeSpan.FromSeconds(30);
        simulation.Store.Plan = _ => InsertPlan.Stored with { Latency = TimeSpan.FromSeconds(3) };
        var writer = simulation.Start();
        Fill(simulation, 8);
        simulation.Pass(TimeSpan.FromSeconds(1));

        writer.Stop();
        simulation.Settle();
        Assert.False(writer.Running.IsCompleted);
        simulation.Pass(TimeSpan.FromSeconds(4));

        Assert.True(writer.Running.IsCompletedSuccessfully);
        Assert.True(simulation.IsDrained);
        Assert.Empty(simulation.Log.Members);
        Assert.Equal(0, simulation.Store.OpenBatches);
    }

    [Fact]
    public void A_stop_with_the_store_down_abandons_the_batch_in_time_and_commits_nothing()
    {
        using var simulation = new WriterSimulation();
        simulation.Store.Plan = _ => InsertPlan.Failed(InsertOutcome.Unavailable);
        var writer = simulation.Start();
        Fill(simulation, 8);
        simulation.Pass(TimeSpan.FromSeconds(5));

        writer.Stop();
        simulation.Pass(simulation.Options.DrainTimeout - TimeSpan.FromSeconds(1));
        Assert.False(writer.Running.IsCompleted);
        simulation.Pass(TimeSpan.FromSeconds(1) + Moment);

        Assert.True(writer.Running.IsCompleted);
        Assert.False(writer.Running.IsFaulted);
        Assert.Empty(simulation.Log.Commits);
        Assert.Empty(simulation.Log.Members);
        Assert.Equal(0, simulation.Store.OpenBatches);
    }

    [Fact]
    public void A_reader_that_breaks_is_replaced_and_what_it_held_is_read_again()
    {
        using var simulation = new WriterSimulation();
        var writer = simulation.Start();
        Fill(simulation, 4);
        simulation.PassUntil(() => simulation.IsDrained);

        simulation.Log.IsDown = true;
        Fill(simulation, 4);
        simulation.Pass(TimeSpan.FromSeconds(20));
        Assert.Equal("waiting_for_log", writer.Progress.Activity);
        Assert.False(writer.Health.IsReady);
        Assert.Single(writer.Logger.Lines, line => line.Text.Contains("cannot be read", StringComparison.Ordinal));
        simulation.Log.IsDown = false;
        simulation.PassUntil(() => simulation.IsDrained);

        Assert.True(writer.Health.IsReady);
        simulation.AssertStoredExactly();
    }

    [Fact]
    public void A_fault_of_the_store_ends_the_writer_even_when_nothing_more_arrives()
    {
        using var simulation = new WriterSimulation();
        simulation.Store.Plan = _ => throw new InvalidOperationException("a defect");
        var writer = simulation.Start();
        Fill(simulation, 1);

        simulation.Pass(TimeSpan.FromSeconds(5));

        Assert.True(writer.Running.IsFaulted);
        Assert.Empty(simulation.Log.Commits);
    }
}
