using Pipeline.Consumers.Tests.Simulation;
using Pipeline.Schemas.Records;
using Pipeline.Testing.ObjectStores;

namespace Pipeline.Consumers.Tests.Archiving;

/// <summary>The archive holds every record before its offset is committed, whatever dies or fails.</summary>
public sealed class ArchiveWorkerTests
{
    [Fact]
    public async Task Every_record_is_archived_by_partition_and_comes_back_as_it_was()
    {
        using var simulation = new ArchiveSimulation();
        Fill(simulation, 37);
        simulation.Log.Append(1, new RecordHeaders("9.0", null), [1, 2, 3]);
        simulation.Log.Append(0, new RecordHeaders(null, null), [0xFF]);

        simulation.Start();
        simulation.PassUntil(() => simulation.IsDrained);

        await simulation.AssertArchivedExactlyAsync();
        Assert.All(simulation.Objects.Keys, key => Assert.StartsWith("archive/topic=events/date=", key, StringComparison.Ordinal));
    }

    [Fact]
    public void A_cut_is_made_by_records_or_by_age()
    {
        using var simulation = new ArchiveSimulation(1);
        simulation.Start();
        Fill(simulation, 9);
        simulation.Pass(TimeSpan.FromSeconds(4));
        Assert.Empty(simulation.Objects.Keys);

        Fill(simulation, 1);
        simulation.Pass(TimeSpan.FromSeconds(1.2));
        Assert.True(simulation.IsDrained);

        Fill(simulation, 1);
        simulation.Pass(TimeSpan.FromSeconds(4));
        Assert.False(simulation.IsDrained);
        simulation.Pass(TimeSpan.FromSeconds(3));
        Assert.True(simulation.IsDrained);
        Assert.Equal("idle", simulation.Progress.Activity);
    }

    [Theory]
    [InlineData(".jsonl.gz")]
    [InlineData(".manifest.json")]
    public async Task A_crash_between_object_and_commit_converges(string stored)
    {
        for (var pass = 1; pass <= 4; pass++)
        {
            // Little is fetched ahead, so that there are several cuts.
            using var simulation = new ArchiveSimulation();
            simulation.Options.MaxBufferedBytes = 600;
            Fill(simulation, 60);
            var left = pass;
            simulation.Objects.Stored = key =>
            {
                if (key.EndsWith(stored, StringComparison.Ordinal) && --left == 0)
                {
                    simulation.Context.Crash();
                }
            };
            simulation.Start();
            simulation.PassUntil(() => left == 0);
            simulation.Crash();
            var before = simulation.Objects.Keys.Count;

            simulation.Start();
            simulation.PassUntil(() => simulation.IsDrained);

            await simulation.AssertArchivedExactlyAsync();
            Assert.True(simulation.Objects.Keys.Count > before);
        }
    }

    [Fact]
    public async Task The_next_process_may_cut_otherwise_and_objects_overlap()
    {
        using var simulation = new ArchiveSimulation(1);
        Fill(simulation, 12);
        simulation.Log.RefusesCommits = true;
        simulation.Start();
        simulation.PassUntil(() => simulation.Objects.Keys.Count >= 2);
        simulation.Crash();
        simulation.Log.RefusesCommits = false;
        Fill(simulation, 9);
        simulation.Options.MaxRecords = 1_000;

        simulation.Start();
        simulation.PassUntil(() => simulation.IsDrained);

        Assert.Equal(2, simulation.Objects.Keys.Count(key => key.Contains("offsets=00000000000000000000-", StringComparison.Ordinal) && key.EndsWith(".gz", StringComparison.Ordinal)));
        await simulation.AssertArchivedExactlyAsync();
    }

    [Fact]
    public async Task An_object_store_that_is_away_is_waited_for_and_nothing_is_committed()
    {
        using var simulation = new ArchiveSimulation();
        simulation.Objects.Plan = call => call.Operation == ObjectOperation.Put ? ObjectPlan.Failed("SlowDown") : ObjectPlan.Done;
        Fill(simulation, 40);
        simulation.Start();
        simulation.Pass(TimeSpan.FromMinutes(1));

        Assert.Empty(simulation.Log.Commits);
        Assert.Equal("waiting_for_archive", simulation.Progress.Activity);
        Assert.False(simulation.Progress.IsReady);
        Assert.Single(simulation.Logger.Lines, line => line.Text.Contains("nothing is committed", StringComparison.Ordinal));

        simulation.Objects.Plan = call => call is { Operation: ObjectOperation.Put, Attempt: < 25 } && call.Key.Contains("partition=1", StringComparison.Ordinal) ? ObjectPlan.AnswerLost() : ObjectPlan.Done;
        simulation.PassUntil(() => simulation.IsDrained);

        Assert.NotEqual("waiting_for_archive", simulation.Progress.Activity);
        await simulation.AssertArchivedExactlyAsync();
    }

    [Fact]
    public async Task A_stop_archives_what_is_in_hand()
    {
        using var simulation = new ArchiveSimulation(1);
        simulation.Start();
        Fill(simulation, 3);
        simulation.Pass(TimeSpan.FromSeconds(2));

        simulation.Stop();
        simulation.Pass(TimeSpan.FromSeconds(1));

        Assert.True(simulation.Running.IsCompleted);
        Assert.True(simulation.IsDrained);
        await simulation.AssertArchivedExactlyAsync();
    }

    private static void Fill(ArchiveSimulation simulation, int count)
    {
        var records = new SampleRecords(new Random(count), simulation.Clock);
        for (var i = 0; i < count; i++)
        {
            simulation.Log.Append(i % simulation.Log.PartitionCount, records.Events(2));
        }

    }
}
