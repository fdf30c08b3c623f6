using Pipeline.Schemas;
using Pipeline.Storage.Failures;
using Pipeline.Storage.ObjectStores;
using Pipeline.Storage.Postgres.Failures;
using Pipeline.Storage.Postgres.Replays;
using Pipeline.Storage.Replays;
using Pipeline.Testing.Failures;
using Pipeline.Testing.ObjectStores;
using Pipeline.Testing.Postgres;
using Pipeline.Testing.Time;

namespace Pipeline.Cli.Tests.Failed;

[Collection(PostgresCollection.Name)]
public sealed class FailedBatchSyncTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>, IAsyncLifetime
{
    private static readonly DateTimeOffset Start = UnixMicros.ToDateTimeOffset(TestFailedBatches.FailedAtMicros);

    private readonly InMemoryObjectStore _objects = new(TimeProvider.System);
    private readonly ManualTimeProvider _clock = new(Start);

    private FailureStore Failures => new(_objects, "1.2.3");

    private FailedBatchIndex Index => new(database.Source);

    private FailedBatchSync Sync => new(database.Source, Failures, Index, _clock);

    public Task InitializeAsync() => PostgresServer.MissingReason is null ? Index.ClearAsync(CancellationToken.None) : Task.CompletedTask;

    public Task DisposeAsync() => Task.CompletedTask;

    [PostgresFact]
    public async Task The_first_sync_is_a_full_one_and_the_next_reads_only_the_last_hours()
    {
        var old = await WriteAsync(1, Start.AddDays(-2));
        Assert.True((await FollowAsync()).IsFull);
        _clock.Advance(TimeSpan.FromHours(5));
        await FollowAsync();
        var young = await WriteAsync(2, _clock.GetUtcNow().AddMinutes(-30));
        _clock.Advance(TimeSpan.FromMinutes(10));
        _objects.Calls.Clear();

        var report = await FollowAsync();

        Assert.Equal((false, 1L), (report.IsFull, report.Batches));
        Assert.DoesNotContain(_objects.Calls, call => call.Key.StartsWith(FailureStore.FolderOf(old), StringComparison.Ordinal));
        Assert.Equal([old.BatchId, young.BatchId], (await RowsAsync()).Select(row => row.BatchId!.Value));
    }

    [PostgresFact]
    public async Task A_batch_that_waited_for_its_store_longer_than_the_safety_is_found_by_the_full_sync_of_the_day()
    {
        await FollowAsync();
        _clock.Advance(TimeSpan.FromHours(12));
        await FollowAsync();
        await WriteAsync(1, Start.AddHours(2));

        await FollowAsync();
        Assert.Empty(await RowsAsync());

        _clock.Advance(TimeSpan.FromHours(12));
        Assert.True((await FollowAsync()).IsFull);
        Assert.Single(await RowsAsync());
    }

    [PostgresFact]
    public async Task A_full_sync_takes_out_what_is_gone_and_keeps_the_rest_over_many_chunks()
    {
        var manifests = new List<FailedBatchManifest>();
        for (var number = 0; number < 450; number++)
        {
            manifests.Add(await WriteAsync(number, Start.AddMinutes(-number * 7)));
        }

        await FollowAsync();
        Assert.Equal(450, (await RowsAsync()).Count);
        var gone = manifests.Where((_, at) => at % 3 == 0 || at > 430).ToList();
        foreach (var manifest in gone)
        {
            await Failures.DeleteAsync(manifest, CancellationToken.None);
        }

        var report = await Sync.RebuildAsync(null, CancellationToken.None);

        Assert.Equal((450L - gone.Count, gone.Count), (report.Batches, report.Removed));
        Assert.Equal(manifests.Except(gone).Select(manifest => manifest.BatchId).Order(), (await RowsAsync()).Select(row => row.BatchId!.Value).Order());
    }

    [PostgresFact]
    public async Task Damage_is_a_row_of_its_own_and_hides_no_other()
    {
        var whole = await WriteAsync(1, Start);
        var bent = await WriteAsync(2, Start);
        var shortened = await WriteAsync(3, Start);
        var noted = await WriteAsync(4, Start);
        Tamper(bent, "manifest.json", bytes => bytes[100] ^= 1);
        _objects.Tamper(FailureStore.FolderOf(shortened) + "records.jsonl.gz", [1, 2, 3]);
        await Failures.AppendAttemptAsync(noted, Attempt(failed: 0), CancellationToken.None);
        Tamper(noted, "attempt-0001.json", bytes => bytes[100] ^= 1);
        _objects.Tamper("failed/stranger.txt", [1]);

        var report = await FollowAsync();

        Assert.Equal((5L, 4L), (report.Batches, report.Damaged));
        var rows = (await RowsAsync()).ToDictionary(row => row.BatchId ?? Guid.Empty);
        Assert.Equal(FailedBatchState.Waiting, rows[whole.BatchId].State);
        Assert.Equal((FailedBatchDefect.ManifestDamaged, (FailedBatchManifest?)null), (rows[bent.BatchId].Damage!.Defect, rows[bent.BatchId].Manifest));
        Assert.Equal(FailedBatchDefect.RecordsLength, rows[shortened.BatchId].Damage!.Defect);
        Assert.Equal(FailedBatchDefect.AttemptDamaged, rows[noted.BatchId].Damage!.Defect);
        Assert.Equal((FailedBatchDefect.Key, "failed/"), (rows[Guid.Empty].Damage!.Defect, rows[Guid.Empty].Folder));
        Assert.All(rows.Values, row => Assert.Equal(row.Damage is not null, row.State == FailedBatchState.Damaged));
    }

    [PostgresFact]
    public async Task A_replay_that_died_before_it_told_the_index_is_seen_by_the_next_sync()
    {
        var manifest = await WriteAsync(1, Start.AddDays(-3));
        await FollowAsync();
        var jobs = new PostgresReplayJobs(database.Source);
        var job = new ReplayJob
        {
            Id = Guid.CreateVersion7(),
            CreatedAt = Start,
            Actor = "anna",
            Reason = "test",
            State = ReplayJobState.Running,
            Limits = new ReplayLimits(),
            Forecast = [],
            Pieces = 1,
        };
        await jobs.CreateAsync(job, [ReplaySource.Batch(manifest.BatchId)], CancellationToken.None);
        await Failures.AppendAttemptAsync(manifest, Attempt(failed: 0), CancellationToken.None);
        var piece = Assert.Single(await jobs.WaitingPiecesAsync(job.Id, 10, CancellationToken.None));
        await jobs.FinishPieceAsync(job.Id, piece with { State = ReplayPieceState.Done }, CancellationToken.None);

        // Pieces are finished by the clock of the database.
        await IndexTable.ExecuteAsync(database.Source, $"UPDATE replay_pieces SET finished_at = '{Start:O}'");
        await FollowAsync();

        Assert.Equal((FailedBatchState.Replayed, 1), Assert.Single((await RowsAsync()).Select(row => (row.State, row.ReplayAttempts))));
    }

    [PostgresFact]
    public async Task What_an_attempt_does_to_the_index_is_what_the_index_made_anew_says()
    {
        var whole = await WriteAsync(1, Start);
        var again = await WriteAsync(2, Start);
        await FollowAsync();
        foreach (var (manifest, failed) in new[] { (again, 2), (whole, 3), (whole, 0), (again, 1) })
        {
            var noted = await Failures.AppendAttemptAsync(manifest, Attempt(failed), CancellationToken.None);
            await Index.AttemptedAsync(manifest.BatchId, noted, CancellationToken.None);
        }

        var followed = await IndexTable.ReadAsync(database.Source);
        await Index.ClearAsync(CancellationToken.None);
        await FollowAsync();

        Assert.Equal(followed, await IndexTable.ReadAsync(database.Source));
        Assert.Equal(
            [FailedBatchState.FailedAgain, FailedBatchState.Replayed],
            (await RowsAsync()).OrderBy(row => row.BatchId == whole.BatchId).Select(row => row.State));
    }

    [PostgresFact]
    public async Task A_store_that_does_not_answer_leaves_the_rows_that_were_there()
    {
        await WriteAsync(1, Start);
        await FollowAsync();
        _objects.Plan = _ => ObjectPlan.Failed();

        await Assert.ThrowsAsync<ObjectStoreException>(() => Sync.RebuildAsync(null, CancellationToken.None));

        Assert.Single(await RowsAsync());
        _objects.Plan = null;
        Assert.Equal(1, (await FollowAsync()).Batches);
    }

    private static ReplayAttempt Attempt(int failed) => new()
    {
        JobId = "job",
        Actor = "anna",
        Reason = "test",
        StartedAt = Start,
        FinishedAt = Start.AddMinutes(1),
        Attempted = 10,
        Stored = 10 - failed,
        Unchanged = 0,
        Failed = failed,
    };

    private async Task<FailedBatchManifest> WriteAsync(int seed, DateTimeOffset failedAt)
    {
        var batch = TestFailedBatches.Typical(seed) with { FailedAtMicros = UnixMicros.From(failedAt) };
        return await Failures.WriteAsync(batch, CancellationToken.None);
    }

    private void Tamper(FailedBatchManifest manifest, string name, Action<byte[]> change)
    {
        var key = FailureStore.FolderOf(manifest) + name;
        var bytes = _objects.Peek(key)!.ToArray();
        change(bytes);
        _objects.Tamper(key, bytes);
    }

    private Task<FailedBatchSyncReport> FollowAsync() => Sync.FollowAsync(null, CancellationToken.None);

    private Task<IReadOnlyList<FailedBatchRow>> RowsAsync() => Index.ListAsync(new FailedBatchFilter(), null, 1000, isNewestFirst: false, CancellationToken.None);
}
