using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Pipeline.Buffer;
using Pipeline.Schemas.Records;
using Pipeline.Testing.Time;
using Xunit;

namespace Pipeline.Testing.Buffer;

/// <summary>What every backend of the log promises; a backend derives from it and says how it is opened.</summary>
public abstract class EventLogContractTests
{
    private const string Group = "writers";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(500);
    private static readonly RecordHeaders NoHeaders = new(SchemaVersion: null, TraceParent: null);

    /// <summary>Largest record that the opened logs take.</summary>
    protected const int MaxRecordBytes = 256 * 1024;

    /// <summary>Whether offsets count from 0 without a gap.</summary>
    protected abstract bool IsGapless { get; }

    /// <summary>How long a silent member keeps its partitions in the opened logs.</summary>
    protected abstract TimeSpan MemberTimeout { get; }

    /// <summary>Opens a log on a new topic.</summary>
    protected abstract Task<IEventLog> OpenAsync(int partitions);

    /// <summary>Makes a log that is not open yet.</summary>
    protected abstract IEventLog Create(string topic);

    /// <summary>Bytes that a reader fetched and did not deliver.</summary>
    protected abstract long BufferedBytesOf(IEventLogReader reader);

    /// <summary>Deletes the records of a partition below an offset, read or not, as a retention that ran out would.</summary>
    protected abstract Task ExpireAsync(string topic, int partition, long belowOffset);

    /// <summary>Opens a topic once more, as another process would.</summary>
    protected async Task<IEventLog> OpenAgainAsync(string topic)
    {
        var log = Create(topic);
        await log.OpenAsync(CancellationToken.None);
        return log;
    }

    [BackendFact]
    public async Task Appends_get_increasing_offsets_in_the_order_of_the_calls()
    {
        await using var log = await OpenAsync(2);

        // Not awaited one by one: what one caller sent first must come first even when a backend groups appends.
        var appends = Enumerable.Range(0, 300).Select(i => AppendAsync(log, i % 2, $"{i}")).ToList();
        var results = await Task.WhenAll(appends);

        Assert.All(results, result => Assert.Equal(AppendOutcome.Appended, result.Outcome));
        for (var partition = 0; partition < 2; partition++)
        {
            var offsets = results.Where(result => result.Partition == partition).Select(result => result.Offset).ToList();
            Assert.Equal(offsets.Order().Distinct(), offsets);
            if (IsGapless)
            {
                Assert.Equal(Enumerable.Range(0, 150).Select(offset => (long)offset), offsets);
            }
        }

        var texts = await RangeAsync(log, 1, 0, long.MaxValue);
        Assert.Equal(Enumerable.Range(0, 150).Select(i => $"{(2 * i) + 1}"), texts.Select(TextOf));
    }

    [BackendFact]
    public async Task Bytes_and_headers_come_back_as_they_were()
    {
        await using var log = await OpenAsync(1);
        var every = new byte[256];
        for (var i = 0; i < every.Length; i++)
        {
            every[i] = (byte)i;
        }

        (RecordHeaders Headers, byte[] Value)[] sent =
        [
            (NoHeaders, every),
            (new RecordHeaders("1", null), []),
            (new RecordHeaders(null, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), [0]),
            (new RecordHeaders("1", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"), new byte[MaxRecordBytes / 2]),
        ];
        foreach (var (headers, value) in sent)
        {
            Assert.Equal(AppendOutcome.Appended, (await log.AppendAsync(0, "project:trace", headers, value, CancellationToken.None)).Outcome);
        }

        await using var member = Join(log, "a");
        await member.ReadUntilAsync(sent.Length, Patience);

        Assert.Equal(sent.Select(record => record.Headers), member.Records.Select(record => record.Headers));
        Assert.Equal(sent.Select(record => record.Value), member.Records.Select(record => record.Value.ToArray()));
        Assert.All(member.Records, record => Assert.Equal((log.Topic, 0), (record.Topic, record.Partition)));
        Assert.All(member.Records, record => Assert.True(record.AppendedAtMicros > 1_700_000_000_000_000));
    }

    [BackendFact]
    public async Task Any_text_is_a_key()
    {
        await using var log = await OpenAsync(1);

        foreach (var key in new[] { "", "a\0b", "\ud800", "é漢\U0001F600", new string('k', 5000) })
        {
            var result = await log.AppendAsync(0, key, NoHeaders, [1], CancellationToken.None).AsTask().WaitAsync(Patience);
            Assert.True(result.Outcome == AppendOutcome.Appended, $"key of {key.Length} characters: {result.Reason}");
        }

        Assert.Equal(5, (await RangeAsync(log, 0, 0, long.MaxValue)).Count);
    }

    [BackendFact]
    public async Task A_record_that_is_too_large_is_refused_and_the_next_one_is_taken()
    {
        await using var log = await OpenAsync(1);

        var refused = await log.AppendAsync(0, "k", NoHeaders, new byte[MaxRecordBytes + 1], CancellationToken.None);

        Assert.Equal((AppendOutcome.TooLarge, -1L), (refused.Outcome, refused.Offset));
        Assert.NotNull(refused.Reason);
        await AppendAsync(log, 0, "next");
        Assert.Equal(["next"], (await RangeAsync(log, 0, 0, long.MaxValue)).Select(TextOf));
    }

    [BackendFact]
    public async Task Two_members_share_the_partitions_and_each_record_is_delivered_once()
    {
        await using var log = await OpenAsync(4);
        await using var other = await OpenAgainAsync(log.Topic);
        await using var a = Join(log, "a");
        await a.ReadUntilOwnerOfAsync(4, Patience);
        await using var b = Join(other, "b");
        await Task.WhenAll(a.ReadUntilOwnerOfAsync(2, Patience), b.ReadUntilOwnerOfAsync(2, Patience));
        Assert.Equal([0, 1, 2, 3], a.Assigned.Concat(b.Assigned).Order());

        await Task.WhenAll(Enumerable.Range(0, 80).Select(i => AppendAsync(i % 2 == 0 ? log : other, i % 4, $"{i}")));
        await Task.WhenAll(a.ReadUntilAsync(40, Patience), b.ReadUntilAsync(40, Patience));
        await Task.WhenAll(a.ReadForAsync(Moment), b.ReadForAsync(Moment));

        Assert.Equal(80, a.Records.Concat(b.Records).Select(TextOf).Distinct().Count());
        Assert.Equal(80, a.Records.Count + b.Records.Count);
        AssertInOrder(a.Records);
        AssertInOrder(b.Records);
    }

    [BackendFact]
    public async Task A_member_that_joins_again_resumes_at_the_commit()
    {
        await using var log = await OpenAsync(2);
        await AppendAllAsync(log, 10);
        await using (var first = Join(log, "a"))
        {
            await first.ReadUntilAsync(10, Patience);
            var half = first.NextOffsets.Select(next => new PartitionOffset(next.Partition, next.Offset - 2)).ToList();
            Assert.Equal(CommitOutcome.Committed, await first.Reader.CommitAsync(half, CancellationToken.None));
        }

        await using var again = Join(log, "a");
        await again.ReadUntilAsync(4, Patience);
        await again.ReadForAsync(Moment);

        Assert.Equal(["6", "7", "8", "9"], again.Records.Select(TextOf).Order());
    }

    [BackendFact]
    public async Task Records_that_were_not_committed_come_again()
    {
        await using var log = await OpenAsync(2);
        await AppendAllAsync(log, 10);
        await using (var first = Join(log, "a"))
        {
            await first.ReadUntilAsync(10, Patience);
        }

        await using var again = Join(log, "b");
        await again.ReadUntilAsync(10, Patience);

        AssertInOrder(again.Records);
    }

    [BackendFact]
    public async Task Groups_do_not_see_each_other()
    {
        await using var log = await OpenAsync(2);
        await AppendAllAsync(log, 6);
        await using var one = Join(log, "a");
        await one.ReadUntilAsync(6, Patience);
        Assert.Equal(CommitOutcome.Committed, await one.CommitAllAsync());

        await using var other = new GroupMember(log.Join(new ReaderOptions("others", "a")));
        await other.ReadUntilAsync(6, Patience);

        Assert.All(await log.ReadPositionsAsync("others", CancellationToken.None), position => Assert.Null(position.CommittedOffset));
    }

    [BackendFact]
    public async Task A_commit_of_a_partition_that_moved_is_fenced_and_moves_nothing_there()
    {
        await using var log = await OpenAsync(2);
        await AppendAllAsync(log, 10);
        await using var a = Join(log, "a", drain: TimeSpan.FromMilliseconds(200));
        await a.ReadUntilAsync(10, Patience);
        await using var b = Join(log, "b");
        await b.ReadUntilAsync(5, Patience);
        var moved = b.Records[0].Partition;
        Assert.Equal(CommitOutcome.Committed, await b.Reader.CommitAsync([new PartitionOffset(moved, b.Records[1].Offset)], CancellationToken.None));

        Assert.Equal(CommitOutcome.Fenced, await a.CommitAllAsync());

        var positions = await log.ReadPositionsAsync(Group, CancellationToken.None);
        Assert.Equal(b.Records[1].Offset, positions[moved].CommittedOffset);
        Assert.Equal(positions[1 - moved].EndOffset, positions[1 - moved].CommittedOffset);
    }

    [BackendFact]
    public async Task A_hand_over_asks_for_a_flush_and_waits_for_the_commit()
    {
        await using var log = await OpenAsync(2);
        await AppendAllAsync(log, 10);
        await using var a = Join(log, "a", drain: Patience);
        await a.ReadUntilAsync(10, Patience);
        Assert.False(a.FlushRequested);
        await using var b = Join(log, "b");
        await Until.TrueAsync("a request to flush", Patience, async () =>
        {
            await a.ReadOnceAsync();
            return a.FlushRequested;
        });

        // While the member that gives still works on its records, the one that takes has nothing: they would be read twice.
        await Until.PassedAsync(MemberTimeout + Moment, () => Assert.Empty(b.Assigned));
        Assert.Equal(CommitOutcome.Committed, await a.CommitAllAsync());
        await Task.WhenAll(a.ReadUntilOwnerOfAsync(1, Patience), b.ReadUntilOwnerOfAsync(1, Patience));
        await AppendAllAsync(log, 2);
        await b.ReadUntilAsync(1, Patience);
        await b.ReadForAsync(Moment);

        Assert.Single(b.Records);
    }

    [BackendFact]
    public async Task A_hand_over_does_not_wait_longer_than_agreed()
    {
        await using var log = await OpenAsync(2);
        await AppendAllAsync(log, 10);
        await using var a = Join(log, "a", drain: TimeSpan.FromSeconds(1));
        await a.ReadUntilAsync(10, Patience);
        await using var b = Join(log, "b");

        await b.ReadUntilAsync(5, Patience);

        Assert.Single(a.Assigned);
        AssertInOrder(b.Records);
    }

    [BackendFact]
    public async Task A_caller_that_does_not_read_bounds_what_is_fetched_and_stays_in_the_group()
    {
        const int RecordBytes = 32 * 1024;
        const int Bound = 8 * RecordBytes;
        await using var log = await OpenAsync(2);
        var sent = await Task.WhenAll(Enumerable.Range(0, 40).Select(
            i => log.AppendAsync(i % 2, "k", NoHeaders, new byte[RecordBytes], CancellationToken.None).AsTask()));
        Assert.All(sent, result => Assert.Equal(AppendOutcome.Appended, result.Outcome));
        await using var member = Join(log, "a", maxBufferedBytes: Bound);

        await Until.TrueAsync("a full buffer", Patience, () => BufferedBytesOf(member.Reader) >= Bound);
        await Until.PassedAsync(MemberTimeout + Moment, () => Assert.InRange(BufferedBytesOf(member.Reader), 1, Bound + RecordBytes));
        Assert.Equal(2, member.Assigned.Count);
        await member.ReadUntilAsync(40, Patience);

        AssertInOrder(member.Records);
        Assert.Equal(CommitOutcome.Committed, await member.CommitAllAsync());
        Assert.False(member.FlushRequested);
    }

    [BackendFact]
    public async Task A_read_returns_at_most_the_bytes_asked_for_but_at_least_one_record()
    {
        await using var log = await OpenAsync(1);
        for (var i = 0; i < 4; i++)
        {
            await log.AppendAsync(0, "k", NoHeaders, new byte[1000], CancellationToken.None);
        }

        await using var member = Join(log, "a");
        await Until.TrueAsync("four records", Patience, () => BufferedBytesOf(member.Reader) == 4000);

        Assert.Single((await member.Reader.ReadAsync(1, Patience, CancellationToken.None)).Records);
        Assert.Equal(2, (await member.Reader.ReadAsync(2500, Patience, CancellationToken.None)).Records.Count);
        Assert.Single((await member.Reader.ReadAsync(2500, Patience, CancellationToken.None)).Records);
        Assert.Empty((await member.Reader.ReadAsync(2500, Moment, CancellationToken.None)).Records);
    }

    [BackendFact]
    public async Task A_disposed_member_leaves_the_group_at_once()
    {
        await using var log = await OpenAsync(2);
        var a = Join(log, "a");
        await a.ReadUntilOwnerOfAsync(2, Patience);
        await using var b = Join(log, "b");
        await b.ReadUntilOwnerOfAsync(1, Patience);
        var elapsed = Stopwatch.StartNew();
        await a.DisposeAsync();

        await b.ReadUntilOwnerOfAsync(2, Patience);

        Assert.True(elapsed.Elapsed < MemberTimeout, $"took {elapsed.Elapsed}, a silent member is waited for {MemberTimeout}");
    }

    [BackendFact]
    public async Task A_range_holds_what_the_log_holds_of_it_and_ends()
    {
        await using var log = await OpenAsync(2);
        await AppendAllAsync(log, 10);

        Assert.Equal(["2", "4", "6"], (await RangeAsync(log, 0, 1, 4)).Select(TextOf));
        Assert.Equal(["1", "3", "5", "7", "9"], (await RangeAsync(log, 1, 0, 5)).Select(TextOf));
        Assert.Equal(["7", "9"], (await RangeAsync(log, 1, 3, 100)).Select(TextOf));
        Assert.Empty(await RangeAsync(log, 0, 3, 3));
        Assert.Empty(await RangeAsync(log, 0, 5, 100));
        Assert.Empty(await RangeAsync(log, 0, 50, 100));
    }

    [BackendFact]
    public async Task Positions_say_where_the_log_and_the_group_stand()
    {
        await using var log = await OpenAsync(2);
        Assert.Equal(
            [new PartitionPosition(0, 0, 0, null), new PartitionPosition(1, 0, 0, null)],
            await log.ReadPositionsAsync(Group, CancellationToken.None));
        await AppendAllAsync(log, 10);
        await using var member = Join(log, "a");
        await member.ReadUntilAsync(10, Patience);
        Assert.Equal(CommitOutcome.Committed, await member.Reader.CommitAsync([new PartitionOffset(1, 3)], CancellationToken.None));

        var positions = await log.ReadPositionsAsync(Group, CancellationToken.None);

        Assert.Equal([new PartitionPosition(0, 0, 5, null), new PartitionPosition(1, 0, 5, 3)], positions);
        Assert.Equal([5L, 2L], positions.Select(position => position.Lag));
    }

    [BackendFact]
    public async Task A_member_whose_next_records_expired_reads_on_at_the_oldest_one_and_says_what_is_lost()
    {
        await using var log = await OpenAsync(2);
        await AppendAllAsync(log, 20);
        await using (var before = Join(log, "a"))
        {
            await before.ReadUntilAsync(20, Patience);
            Assert.Equal(CommitOutcome.Committed, await before.Reader.CommitAsync([new PartitionOffset(0, 2), new PartitionOffset(1, 5)], CancellationToken.None));
        }

        await ExpireAsync(log.Topic, 0, 6);
        await ExpireAsync(log.Topic, 1, 5);
        var jumps = JumpsOf(log);
        var position = (await log.ReadPositionsAsync(Group, CancellationToken.None))[0];
        Assert.Equal((new PartitionPosition(0, 6, 10, 2), 4L, 4L), (position, position.Lag, position.ExpiredUnread));
        await using var member = Join(log, "a");

        await member.ReadUntilAsync(9, Patience);

        Assert.Equal([6, 7, 8, 9], member.Records.Where(record => record.Partition == 0).Select(record => record.Offset));
        Assert.Equal([5, 6, 7, 8, 9], member.Records.Where(record => record.Partition == 1).Select(record => record.Offset));
        var jump = Assert.Single(jumps);
        Assert.Equal((new OffsetJump(0, 2, 6, 10), 4L, false), (jump, jump.Lost, jump.IsBack));
        Assert.Equal(CommitOutcome.Committed, await member.CommitAllAsync());
    }

    [BackendFact]
    public async Task A_group_that_never_committed_begins_at_the_oldest_record_and_says_what_it_never_saw()
    {
        await using var log = await OpenAsync(2);
        await AppendAllAsync(log, 10);
        await ExpireAsync(log.Topic, 1, 3);
        var jumps = JumpsOf(log);
        await using var member = Join(log, "a");

        await member.ReadUntilAsync(7, Patience);

        Assert.Equal([0, 1, 2, 3, 4], member.Records.Where(record => record.Partition == 0).Select(record => record.Offset));
        Assert.Equal(new OffsetJump(1, null, 3, 5), Assert.Single(jumps));
    }

    [BackendFact]
    public async Task Append_times_are_those_of_the_first_record_at_or_behind_an_offset()
    {
        await using var log = await OpenAsync(3);
        await AppendAllAsync(log, 12);
        await ExpireAsync(log.Topic, 0, 2);
        var expiry = Assert.IsAssignableFrom<IEventLogExpiry>(log);

        var times = await expiry.ReadAppendTimesAsync([new PartitionOffset(0, 1), new PartitionOffset(2, 3)], CancellationToken.None);

        Assert.Equal([0, 2], times.Keys.Order());
        Assert.Equal((await RangeAsync(log, 0, 2, 3))[0].AppendedAtMicros, Schemas.UnixMicros.From(times[0]));
        Assert.Equal((await RangeAsync(log, 2, 3, 4))[0].AppendedAtMicros, Schemas.UnixMicros.From(times[2]));
        Assert.Null((await expiry.ReadLifetimeAsync(CancellationToken.None)).WhyUnknown);
    }

    [BackendFact]
    public async Task An_open_log_is_reachable_and_says_how_many_partitions_it_has()
    {
        await using var log = await OpenAsync(3);
        await using var other = await OpenAgainAsync(log.Topic);

        Assert.Equal((3, 3), (log.PartitionCount, other.PartitionCount));
        Assert.True(await log.IsReachableAsync(CancellationToken.None));
        await Assert.ThrowsAsync<EventLogUnavailableException>(() => OpenAgainAsync("missing"));
    }

    [BackendFact]
    public async Task A_log_that_is_not_open_knows_no_partition_count()
    {
        await using var log = Create("missing");

        Assert.Throws<InvalidOperationException>(() => log.PartitionCount);
        await Assert.ThrowsAsync<EventLogUnavailableException>(async () => await log.OpenAsync(CancellationToken.None));
        Assert.Throws<InvalidOperationException>(() => log.PartitionCount);
    }

    private static GroupMember Join(IEventLog log, string member, TimeSpan? drain = null, long maxBufferedBytes = 64 * 1024 * 1024) =>
        new(log.Join(new ReaderOptions(Group, member) { RevokeDrainTimeout = drain ?? TimeSpan.FromSeconds(1), MaxBufferedBytes = maxBufferedBytes }));

    private static ConcurrentQueue<OffsetJump> JumpsOf(IEventLog log)
    {
        var jumps = new ConcurrentQueue<OffsetJump>();
        Assert.IsAssignableFrom<IEventLogTroubles>(log).ReportJumpsTo((_, jump) => jumps.Enqueue(jump));
        return jumps;
    }

    private static async Task<AppendResult> AppendAsync(IEventLog log, int partition, string text) =>
        await log.AppendAsync(partition, $"key {text}", NoHeaders, Encoding.UTF8.GetBytes(text), CancellationToken.None);

    // "0", "1", ... in turn to every partition, so that a partition's texts are known.
    private static async Task AppendAllAsync(IEventLog log, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var result = await AppendAsync(log, i % log.PartitionCount, $"{i}");
            Assert.True(result.Outcome == AppendOutcome.Appended, result.Reason);
        }
    }

    private static async Task<List<BufferedRecord>> RangeAsync(IEventLog log, int partition, long from, long to)
    {
        var records = new List<BufferedRecord>();
        await foreach (var record in log.ReadRangeAsync(partition, from, to, CancellationToken.None))
        {
            records.Add(record);
        }

        return records;
    }

    private static string TextOf(BufferedRecord record) => Encoding.UTF8.GetString(record.Value.Span);

    private static void AssertInOrder(List<BufferedRecord> records) => Assert.All(
        records.GroupBy(record => record.Partition),
        partition => Assert.Equal(partition.Select(record => record.Offset).Distinct().Order(), partition.Select(record => record.Offset)));
}
