using Pipeline.Schemas.Errors;
using Pipeline.Storage.Failures;
using Pipeline.Storage.Postgres.Failures;
using Pipeline.Testing.Postgres;

namespace Pipeline.Storage.Postgres.Tests.Failures;

[Collection(PostgresCollection.Name)]
public sealed class FailedBatchIndexTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>, IAsyncLifetime
{
    private static readonly ReasonCount Conversion = new("invalid_field", "", "", 0, 2);

    public Task InitializeAsync() => PostgresServer.MissingReason is null ? new FailedBatchIndex(database.Source).ClearAsync(CancellationToken.None) : Task.CompletedTask;

    public Task DisposeAsync() => Task.CompletedTask;

    [PostgresFact]
    public async Task A_row_comes_back_as_it_was_and_a_second_upsert_replaces_it()
    {
        var index = new FailedBatchIndex(database.Source);
        var row = TestRows.Row(1);
        await index.UpsertAsync([row], CancellationToken.None);
        await index.UpsertAsync([row with { State = FailedBatchState.FailedAgain, ReplayAttempts = 2, LastAttemptAt = TestRows.Noon }, TestRows.Damaged(2)], CancellationToken.None);

        var rows = await ListAsync(new FailedBatchFilter());

        Assert.Equal(2, rows.Count);
        var found = rows.Single(one => one.BatchId == TestRows.Id(1));
        Assert.Equal((FailedBatchState.FailedAgain, 2, TestRows.Noon), (found.State, found.ReplayAttempts, found.LastAttemptAt));
        Assert.Equal(row.Manifest!.Error, found.Manifest!.Error);
        Assert.Equal(row.Manifest.Sources, found.Manifest.Sources);
        Assert.Equal(row.Manifest.Reasons, found.Manifest.Reasons);
        Assert.Equal(row.Manifest.FailedAt, found.Manifest.FailedAt);
        Assert.Equal(FailedBatchDefect.ManifestDamaged, rows.Single(one => one.BatchId == TestRows.Id(2)).Damage!.Defect);
        Assert.Null(await index.FindAsync(TestRows.Id(2), CancellationToken.None));
        Assert.Equal(TestRows.Id(1), (await index.FindAsync(TestRows.Id(1), CancellationToken.None))!.BatchId);
    }

    [PostgresFact]
    public async Task Every_filter_chooses_what_it_says_and_together_they_choose_what_passes_all()
    {
        await new FailedBatchIndex(database.Source).UpsertAsync(
            [
                TestRows.Row(1),
                TestRows.Row(2, failedAt: TestRows.Noon.AddHours(3)),
                TestRows.Row(3, errorClass: ErrorClass.Permanent, reason: new ReasonCount("refused_batch", "trace_states", "", 60, 10)),
                TestRows.Row(4, project: "project-b", reason: Conversion),
                TestRows.Row(5, state: FailedBatchState.Replayed),
                TestRows.Row(6, topic: "other"),
                TestRows.Damaged(7),
            ],
            CancellationToken.None);

        await ChoosesAsync(new FailedBatchFilter(), 1, 2, 3, 4, 5, 6, 7);
        await ChoosesAsync(new FailedBatchFilter { FailedFrom = TestRows.Noon.AddHours(3) }, 2);
        await ChoosesAsync(new FailedBatchFilter { FailedTo = TestRows.Noon.AddHours(3) }, 1, 3, 4, 5, 6, 7);
        await ChoosesAsync(new FailedBatchFilter { ReceivedFrom = TestRows.Noon }, 2);
        await ChoosesAsync(new FailedBatchFilter { ReceivedTo = TestRows.Noon.AddHours(-1) }, 1, 3, 4, 5, 6);
        await ChoosesAsync(new FailedBatchFilter { Classes = [ErrorClass.Permanent] }, 3);
        await ChoosesAsync(new FailedBatchFilter { Codes = [60] }, 3);
        await ChoosesAsync(new FailedBatchFilter { Reasons = ["invalid_field"] }, 4);
        await ChoosesAsync(new FailedBatchFilter { Tables = ["trace_states"] }, 3);
        await ChoosesAsync(new FailedBatchFilter { Projects = ["project-b", "project-c"] }, 4);
        await ChoosesAsync(new FailedBatchFilter { Topics = ["other"] }, 6);
        await ChoosesAsync(new FailedBatchFilter { States = [FailedBatchState.Replayed, FailedBatchState.Damaged] }, 5, 7);
        await ChoosesAsync(new FailedBatchFilter { Ids = [TestRows.Id(1), TestRows.Id(6)] }, 1, 6);
        await ChoosesAsync(new FailedBatchFilter { Codes = [469], Projects = ["project-a"], States = [FailedBatchState.Waiting], FailedTo = TestRows.Noon.AddHours(1) }, 1, 6);
    }

    [PostgresFact]
    public async Task Pages_show_every_row_once_in_both_directions_although_many_have_the_same_time()
    {
        var index = new FailedBatchIndex(database.Source);
        var rows = Enumerable.Range(0, 23).Select(number => TestRows.Row(number, TestRows.Noon.AddMinutes(number / 5))).ToList();
        await index.UpsertAsync(rows, CancellationToken.None);
        foreach (var isNewestFirst in new[] { true, false })
        {
            var read = new List<FailedBatchRow>();
            FailedBatchCursor? cursor = null;
            while (await index.ListAsync(new FailedBatchFilter(), cursor, 4, isNewestFirst, CancellationToken.None) is { Count: > 0 } page)
            {
                read.AddRange(page);
                cursor = FailedBatchCursor.Behind(page[^1]);
            }

            var expected = rows.OrderBy(row => row.FailedAt).ThenBy(row => row.Folder, StringComparer.Ordinal).Select(row => row.Folder);
            Assert.Equal(isNewestFirst ? expected.Reverse() : expected, read.Select(row => row.Folder));
        }
    }

    [PostgresFact]
    public async Task Statistics_add_up_by_every_grouping()
    {
        await new FailedBatchIndex(database.Source).UpsertAsync(
            [
                TestRows.Row(1, events: 5),
                TestRows.Row(2, events: 7, project: "project-b", failedAt: TestRows.Noon.AddDays(1)),
                TestRows.Row(3, errorClass: ErrorClass.Permanent, reason: Conversion, state: FailedBatchState.Replayed),
                TestRows.Damaged(4),
            ],
            CancellationToken.None);

        Assert.Equal([new("poison", 3, 2, 12, null), new("permanent", 1, 1, 10, null)], await GroupAsync(FailedBatchGrouping.Class));
        Assert.Equal([new("2026-11-22", 1, 1, 7, null), new("2026-11-21", 3, 2, 15, null)], await GroupAsync(FailedBatchGrouping.Day));
        Assert.Equal([new("waiting", 2, 2, 12, null), new("damaged", 1, 0, 0, null), new("replayed", 1, 1, 10, null)], await GroupAsync(FailedBatchGrouping.State));
        Assert.Equal([new("project-a", 2, 2, 15, null), new("project-b", 1, 1, 7, null)], await GroupAsync(FailedBatchGrouping.Project));
        Assert.Equal([new("refused_row", 2, null, null, 12), new("invalid_field", 1, null, null, 2)], await GroupAsync(FailedBatchGrouping.Reason));
        Assert.Equal([new("469", 2, null, null, 12), new("0", 1, null, null, 2)], await GroupAsync(FailedBatchGrouping.Code));
        Assert.Equal([new("observation_states", 2, null, null, 12), new("", 1, null, null, 2)], await GroupAsync(FailedBatchGrouping.Table));
    }

    [PostgresFact]
    public async Task An_attempt_changes_the_state_and_a_whole_one_is_not_taken_back()
    {
        var index = new FailedBatchIndex(database.Source);
        await index.UpsertAsync([TestRows.Row(1)], CancellationToken.None);

        await index.AttemptedAsync(TestRows.Id(1), Attempt(1, stored: 8, failed: 2), CancellationToken.None);
        Assert.Equal((FailedBatchState.FailedAgain, 1), await StateAsync());

        await index.AttemptedAsync(TestRows.Id(1), Attempt(2, stored: 10, failed: 0), CancellationToken.None);
        Assert.Equal((FailedBatchState.Replayed, 2), await StateAsync());

        await index.AttemptedAsync(TestRows.Id(1), Attempt(3, stored: 0, failed: 10), CancellationToken.None);
        Assert.Equal((FailedBatchState.Replayed, 3), await StateAsync());
    }

    [PostgresFact]
    public async Task An_attempt_that_looked_at_nothing_is_whole_only_for_a_batch_without_events()
    {
        var index = new FailedBatchIndex(database.Source);
        await index.UpsertAsync([TestRows.Row(1), TestRows.Row(2, events: 0)], CancellationToken.None);

        foreach (var number in new[] { 1, 2 })
        {
            await index.AttemptedAsync(TestRows.Id(number), Attempt(1, stored: 0, failed: 0), CancellationToken.None);
        }

        Assert.Equal([FailedBatchState.FailedAgain, FailedBatchState.Replayed], (await ListAsync(new FailedBatchFilter())).OrderBy(row => row.BatchId).Select(row => row.State));
    }

    [PostgresFact]
    public async Task Of_a_batch_that_was_given_up_twice_the_copy_that_is_still_to_be_replayed_is_found()
    {
        var index = new FailedBatchIndex(database.Source);
        await index.UpsertAsync([TestRows.Row(1), TestRows.Row(1, failedAt: TestRows.Noon.AddHours(1))], CancellationToken.None);

        await index.AttemptedAsync(TestRows.Id(1), Attempt(1, stored: 10, failed: 0), CancellationToken.None);

        Assert.Equal(TestRows.Noon.AddHours(1), (await index.FindAsync(TestRows.Id(1), CancellationToken.None))!.FailedAt);
    }

    [PostgresFact]
    public async Task Lost_tables_are_made_again()
    {
        await using (var drop = database.Source.CreateCommand("DROP TABLE failed_batches, failed_batch_sync"))
        {
            await drop.ExecuteNonQueryAsync();
        }

        var index = new FailedBatchIndex(database.Source);
        await index.EnsureAsync(CancellationToken.None);
        await index.EnsureAsync(CancellationToken.None);

        Assert.Equal(0, await index.CountAsync(new FailedBatchFilter(), CancellationToken.None));
    }

    private static ReplayAttempt Attempt(int number, int stored, int failed) => new()
    {
        Number = number,
        JobId = "job",
        Actor = "anna",
        Reason = "test",
        StartedAt = TestRows.Noon,
        FinishedAt = TestRows.Noon.AddMinutes(number),
        Attempted = stored + failed,
        Stored = stored,
        Unchanged = 0,
        Failed = failed,
    };

    private async Task<(FailedBatchState State, int Attempts)> StateAsync()
    {
        var row = Assert.Single(await ListAsync(new FailedBatchFilter()));
        return (row.State, row.ReplayAttempts);
    }

    private Task<IReadOnlyList<FailedBatchRow>> ListAsync(FailedBatchFilter filter) =>
        new FailedBatchIndex(database.Source).ListAsync(filter, null, 100, isNewestFirst: false, CancellationToken.None);

    private Task<IReadOnlyList<FailedBatchGroup>> GroupAsync(FailedBatchGrouping grouping) =>
        new FailedBatchStatistics(database.Source).GroupAsync(grouping, new FailedBatchFilter(), 100, CancellationToken.None);

    private async Task ChoosesAsync(FailedBatchFilter filter, params int[] numbers)
    {
        Assert.Equal(numbers.Select(TestRows.Id), (await ListAsync(filter)).Select(row => row.BatchId!.Value).Order());
        Assert.Equal(numbers.Length, await new FailedBatchIndex(database.Source).CountAsync(filter, CancellationToken.None));
    }
}
