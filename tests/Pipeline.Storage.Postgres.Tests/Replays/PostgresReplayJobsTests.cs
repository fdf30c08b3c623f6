using Pipeline.Storage.Postgres.Audit;
using Pipeline.Storage.Postgres.Replays;
using Pipeline.Storage.Replays;
using Pipeline.Testing.Postgres;
using Pipeline.Testing.Time;

namespace Pipeline.Storage.Postgres.Tests.Replays;

[Collection(PostgresCollection.Name)]
public sealed class PostgresReplayJobsTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid BatchId = Guid.Parse("11111111-2222-3333-4444-555555555555");

    [PostgresFact]
    public async Task A_planned_job_comes_back_with_its_pieces_in_order()
    {
        var jobs = new PostgresReplayJobs(database.Source);
        var job = await CreateAsync(jobs);

        var found = await jobs.FindAsync(job.Id, CancellationToken.None);

        Assert.Equal((job.Actor, job.Reason, job.State, job.Limits, 3, 0), (found!.Actor, found.Reason, found.State, found.Limits, found.Pieces, found.PiecesDone));
        Assert.Equal(job.Forecast, found.Forecast);
        Assert.Equal(Sources(), (await jobs.WaitingPiecesAsync(job.Id, 10, CancellationToken.None)).Select(piece => piece.Source));
        Assert.Contains(job.Id, (await jobs.ListAsync(100, CancellationToken.None)).Select(one => one.Id));
        Assert.Null(await jobs.FindAsync(Guid.NewGuid(), CancellationToken.None));
    }

    [PostgresFact]
    public async Task A_piece_that_is_done_twice_counts_once()
    {
        var jobs = new PostgresReplayJobs(database.Source);
        var job = await CreateAsync(jobs);
        var pieces = await jobs.WaitingPiecesAsync(job.Id, 10, CancellationToken.None);
        var done = pieces[0] with { State = ReplayPieceState.Done, Counts = new ReplayCounts(10, 7, 1, 2) };

        await jobs.FinishPieceAsync(job.Id, done, CancellationToken.None);
        await jobs.FinishPieceAsync(job.Id, done with { Counts = new ReplayCounts(10, 0, 10, 0) }, CancellationToken.None);
        await jobs.FinishPieceAsync(job.Id, pieces[1] with { State = ReplayPieceState.Refused, Error = "damaged" }, CancellationToken.None);

        var found = await jobs.FindAsync(job.Id, CancellationToken.None);
        Assert.Equal((2, new ReplayCounts(10, 0, 10, 0)), (found!.PiecesDone, found.Done));
        Assert.Equal(["damaged"], (await jobs.FailedPiecesAsync(job.Id, 10, CancellationToken.None)).Select(piece => piece.Error!));
        Assert.Equal([2], (await jobs.WaitingPiecesAsync(job.Id, 10, CancellationToken.None)).Select(piece => piece.Number));
        await Assert.ThrowsAsync<InvalidOperationException>(() => jobs.FinishPieceAsync(job.Id, done with { Number = 99 }, CancellationToken.None).AsTask());
    }

    [PostgresFact]
    public async Task A_state_changes_only_from_the_states_that_are_named_and_every_change_is_audited()
    {
        var jobs = new PostgresReplayJobs(database.Source);
        var job = await CreateAsync(jobs);

        Assert.True(await jobs.ChangeStateAsync(job.Id, [ReplayJobState.Planned], ReplayJobState.Running, "anna", "", CancellationToken.None));
        Assert.False(await jobs.ChangeStateAsync(job.Id, [ReplayJobState.Planned], ReplayJobState.Cancelled, "anna", "", CancellationToken.None));
        await jobs.ReportAsync(job.Id, 120, "live traffic lags", CancellationToken.None);
        Assert.Equal((120, "live traffic lags"), ((await jobs.FindAsync(job.Id, CancellationToken.None))!.Rate, (await jobs.FindAsync(job.Id, CancellationToken.None))!.Note));
        Assert.True(await jobs.ChangeStateAsync(job.Id, [ReplayJobState.Running], ReplayJobState.FinishedWithFailures, "bert", "canary", CancellationToken.None));

        var found = await jobs.FindAsync(job.Id, CancellationToken.None);
        Assert.Equal((ReplayJobState.FinishedWithFailures, 0, "canary"), (found!.State, found.Rate, found.Note));
        var entries = await new AuditLog(database.Source).ReadAsync(job.Id.ToString(), 10, CancellationToken.None);
        Assert.Equal(
            [("anna", "replay.create", ""), ("anna", "replay.state", "running"), ("bert", "replay.state", "finished_with_failures")],
            entries.Select(entry => (entry.Actor, entry.Action, entry.Detail.GetValueOrDefault("to") ?? "")));
        Assert.All(entries, entry => Assert.Equal("because", entry.Reason));
    }

    [PostgresFact]
    public async Task Only_one_process_has_the_right_to_run_a_job_until_it_gives_it_back()
    {
        var jobs = new PostgresReplayJobs(database.Source);
        var id = Guid.CreateVersion7();

        await using (var first = await jobs.TryLockAsync(id, CancellationToken.None))
        {
            Assert.NotNull(first);
            Assert.Null(await jobs.TryLockAsync(id, CancellationToken.None));
            await using var other = await jobs.TryLockAsync(Guid.CreateVersion7(), CancellationToken.None);
            Assert.NotNull(other);
        }

        await using var again = await jobs.TryLockAsync(id, CancellationToken.None);
        Assert.NotNull(again);
    }

    [PostgresFact]
    public async Task The_right_is_free_when_the_connection_of_its_owner_dies()
    {
        var jobs = new PostgresReplayJobs(database.Source);
        var id = Guid.CreateVersion7();
        var owner = await jobs.TryLockAsync(id, CancellationToken.None);
        Assert.NotNull(owner);

        await using (var kill = database.Source.CreateCommand(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"))
        {
            Assert.Equal(1L, await kill.ExecuteScalarAsync());
        }

        IAsyncDisposable? next = null;
        await Until.TrueAsync("the lock is free", TimeSpan.FromSeconds(30), async () => (next = await jobs.TryLockAsync(id, CancellationToken.None)) is not null);
        await owner.DisposeAsync();
        Assert.Null(await jobs.TryLockAsync(id, CancellationToken.None));
        await next!.DisposeAsync();
    }

    [PostgresFact]
    public async Task A_batch_is_referred_to_until_its_replay_ends()
    {
        var jobs = new PostgresReplayJobs(database.Source);
        var job = await CreateAsync(jobs, ReplaySource.Batch(Guid.CreateVersion7()));
        var batch = (await jobs.WaitingPiecesAsync(job.Id, 1, CancellationToken.None))[0].Source.BatchId!.Value;

        Assert.Equal([(batch, job.Id)], await jobs.ReferringAsync([batch, Guid.NewGuid()], CancellationToken.None));
        await jobs.ChangeStateAsync(job.Id, [ReplayJobState.Planned], ReplayJobState.Cancelled, "anna", "", CancellationToken.None);
        Assert.Empty(await jobs.ReferringAsync([batch], CancellationToken.None));
    }

    private static IReadOnlyList<ReplaySource> Sources() =>
        [ReplaySource.Batch(BatchId), ReplaySource.Log("traces", 0, 10, 20), ReplaySource.Archive("traces", 1, 0, 5)];

    private static async Task<ReplayJob> CreateAsync(PostgresReplayJobs jobs, params IReadOnlyList<ReplaySource> sources)
    {
        var job = new ReplayJob
        {
            Id = Guid.CreateVersion7(),
            CreatedAt = Noon,
            Actor = "anna",
            Reason = "because",
            State = ReplayJobState.Planned,
            Limits = new ReplayLimits { RecordsPerSecond = 12.5, Concurrency = 2 },
            Forecast = [new ReplayForecast("project-a", 1, 2, 3, 4, 5, 6)],
            Pieces = sources.Count,
            UpdatedAt = Noon,
        };
        await jobs.CreateAsync(job, sources.Count == 0 ? Sources() : sources, CancellationToken.None);
        return job;
    }
}
