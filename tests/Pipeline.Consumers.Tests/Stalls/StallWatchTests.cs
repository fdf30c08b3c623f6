using Pipeline.Buffer;
using Pipeline.Consumers.Stalls;
using Pipeline.Schemas.Records;
using Pipeline.ServiceDefaults.Health;
using Pipeline.Testing.Logs;
using Pipeline.Testing.Time;

namespace Pipeline.Consumers.Tests.Stalls;

public sealed class StallWatchTests : IAsyncDisposable
{
    private const string Group = "writers";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _clock = new();
    private readonly InMemoryEventLog _log;
    private readonly ServiceHealth _health;
    private readonly WriterProgress _progress;

    public StallWatchTests()
    {
        _log = new InMemoryEventLog(2, _clock);
        _health = new ServiceHealth(_clock);
        _progress = new WriterProgress(_health, new WriterOptions { StuckAfter = Limit }, _clock);
        _progress.LogIsOpen("a");
        _progress.StoreIsReachable();
    }

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    [Fact]
    public async Task A_partition_that_is_behind_and_stands_still_ends_liveness_and_says_why()
    {
        Append(0);
        await using var reader = Join("a");
        var since = _clock.GetUtcNow();
        await LookAsync();
        _clock.Advance(Limit);
        Assert.True(_health.IsLive);

        _clock.Advance(Second);

        Assert.Equal((false, "stuck"), (_health.IsLive, _progress.Activity));
        var stuck = Assert.Single(_progress.Stalls.FindStuck());
        Assert.Equal((0, "a", 1, since, "joining the group"), (stuck.Partition, stuck.Member, stuck.Lag, stuck.Since, stuck.Doing));
        var reason = Assert.Single(_health.WhyNotLive());
        Assert.Equal("partition 0", reason.Name);
        Assert.Contains("1 records unread", reason.Reason, StringComparison.Ordinal);
        Assert.True(_health.IsReady);
    }

    [Fact]
    public async Task What_is_read_or_committed_begins_the_time_anew()
    {
        Append(0);
        await using var reader = Join("a");
        await LookAsync();
        _clock.Advance(Limit);
        await ReadAsync(reader);
        _clock.Advance(Limit);
        Assert.True(_health.IsLive);
        await reader.CommitAsync([new PartitionOffset(0, 1)], CancellationToken.None);

        // The look is from before the commit; what was committed since is known all the same.
        _clock.Advance(10 * Limit);

        Assert.True(_health.IsLive);
        Append(0);
        await LookAsync();
        _clock.Advance(Limit);
        Assert.True(_health.IsLive);
        _clock.Advance(Second);
        Assert.False(_health.IsLive);
    }

    [Fact]
    public async Task One_partition_that_stands_still_is_not_hidden_by_another_that_moves()
    {
        Append(0);
        Append(1);
        await using var reader = Join("a");
        await LookAsync();
        var watch = _progress.Stalls.Member("a");
        for (var i = 0; i < 130; i++)
        {
            watch.Moved(1);
            _clock.Advance(Second);
        }

        Assert.Equal(0, Assert.Single(_progress.Stalls.FindStuck()).Partition);
    }

    [Fact]
    public async Task An_idle_writer_is_alive_for_ever()
    {
        await using var reader = Join("a");
        await LookAsync();

        _clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal((true, "idle"), (_health.IsLive, _progress.Activity));
    }

    [Fact]
    public async Task Partitions_of_others_and_of_members_that_left_never_count()
    {
        Append(0);
        Append(1);
        var reader = Join("a");
        await LookAsync();
        await using var other = _log.Join(new ReaderOptions(Group, "other"));
        _clock.Advance(2 * Limit);
        Assert.Equal(0, Assert.Single(_progress.Stalls.FindStuck()).Partition);

        await reader.DisposeAsync();

        Assert.True(_health.IsLive);
    }

    [Fact]
    public async Task A_partition_that_comes_anew_begins_to_count_when_it_comes()
    {
        Append(0);
        var other = _log.Join(new ReaderOptions(Group, "z"));
        await using var second = Join("a");
        await LookAsync();
        _clock.Advance(2 * Limit);
        await other.DisposeAsync();
        await LookAsync();

        Assert.Contains(0, second.AssignedPartitions);
        _clock.Advance(Limit);
        Assert.True(_health.IsLive);
        _clock.Advance(Second);
        Assert.False(_health.IsLive);
    }

    [Fact]
    public async Task A_store_with_attempts_going_on_is_waited_for_and_one_whose_attempts_end_is_not()
    {
        Append(0);
        await using var reader = Join("a");
        await LookAsync();
        var watch = _progress.Stalls.Member("a");
        for (var attempt = 0; attempt < 1000; attempt++)
        {
            watch.Waits("inserting", TimeSpan.FromMinutes(15));
            _clock.Advance(TimeSpan.FromSeconds(30));
            watch.Waits("waiting for the next attempt to insert", 4 * Second);
            _clock.Advance(2 * Second);
            Assert.True(_health.IsLive);
        }

        _clock.Advance(Limit + (5 * Second));

        Assert.Equal("waiting for the next attempt to insert", Assert.Single(_progress.Stalls.FindStuck()).Doing);
    }

    [Fact]
    public async Task An_insert_that_hangs_is_bounded()
    {
        Append(0);
        await using var reader = Join("a");
        await LookAsync();
        _progress.Stalls.Member("a").Waits("inserting", TimeSpan.FromMinutes(15));

        _clock.Advance(TimeSpan.FromMinutes(17));
        Assert.True(_health.IsLive);
        _clock.Advance(Second);

        Assert.Equal("inserting", Assert.Single(_progress.Stalls.FindStuck()).Doing);
    }

    [Fact]
    public async Task Waiting_for_the_store_between_moves_is_not_held_against_a_partition_that_gets_its_turn_late()
    {
        Append(0);
        await using var reader = Join("a");
        await LookAsync();
        var watch = _progress.Stalls.Member("a");
        for (var insert = 0; insert < 20; insert++)
        {
            watch.Waits("inserting", TimeSpan.FromMinutes(15));
            _clock.Advance(TimeSpan.FromSeconds(50));
            watch.WaitEnded("done with an insert");
            _clock.Advance(5 * Second);
        }

        Assert.True(_health.IsLive);
    }

    [Fact]
    public async Task A_log_that_does_not_answer_is_waited_for()
    {
        Append(0);
        await using var reader = Join("a");
        await LookAsync();
        _clock.Advance(Limit - Second);
        _progress.PositionsUnknown("the log does not answer");
        _clock.Advance(10 * Limit);
        Assert.Equal((true, "waiting_for_log"), (_health.IsLive, _progress.Activity));
        _progress.PositionsUnknown("the log does not answer");

        await LookAsync();
        Assert.True(_health.IsLive);
        _clock.Advance(Limit + Second);

        Assert.False(_health.IsLive);
    }

    private IEventLogReader Join(string member) => _progress.Stalls.Member(member).Watch(_log.Join(new ReaderOptions(Group, member)));

    private void Append(int partition) => _log.Append(partition, new RecordHeaders("1.0", null), [1]);

    private async Task LookAsync() => _progress.Positions(await _log.ReadPositionsAsync(Group, CancellationToken.None));

    private static async Task ReadAsync(IEventLogReader reader) =>
        Assert.NotEmpty((await reader.ReadAsync(1024, TimeSpan.Zero, CancellationToken.None)).Records);
}
