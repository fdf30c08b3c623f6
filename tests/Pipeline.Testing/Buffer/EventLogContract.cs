using System.Diagnostics;
using System.Text;
using Pipeline.Buffer;
using Pipeline.Schemas.Records;
using Xunit;

namespace Pipeline.Testing.Buffer;

/// <summary>What every backend of the log must do; a backend's test class calls each rule, so that a skip is visible rule by rule.</summary>
public static class EventLogContract
{
    private static readonly RecordHeaders Headers = new("1.0", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    public static async Task Records_come_back_in_order_with_their_bytes_and_headersAsync(IEventLog log)
    {
        var values = Enumerable.Range(0, 20).Select(i => Encoding.UTF8.GetBytes($"value {i} \0 ä")).ToList();
        for (var i = 0; i < values.Count; i++)
        {
            var result = await log.AppendAsync(0, "key", Headers, values[i], CancellationToken.None);
            Assert.Equal(AppendResult.Appended(0, i), result);
        }

        await using var reader = log.Join(new ReaderOptions("order", "member-1"));
        var records = await ReadAsync(reader, values.Count);

        Assert.Equal(Enumerable.Range(0, 20).Select(i => (long)i), records.Select(record => record.Offset));
        Assert.All(records, record => Assert.Equal(Headers, record.Headers));
        Assert.Equal(values, records.Select(record => record.Value.ToArray()));
    }

    public static async Task What_was_committed_is_not_read_again_and_everything_else_isAsync(IEventLog log)
    {
        await AppendAsync(log, partition: 0, count: 10);
        await using (var first = log.Join(new ReaderOptions("commit", "member-1")))
        {
            await ReadAsync(first, 10);
            Assert.Equal(CommitOutcome.Committed, await first.CommitAsync([new PartitionOffset(0, 4)], CancellationToken.None));
        }

        await using var second = log.Join(new ReaderOptions("commit", "member-2"));
        var records = await ReadAsync(second, 6);

        Assert.Equal([4L, 5, 6, 7, 8, 9], records.Select(record => record.Offset));
    }

    public static async Task Two_members_share_the_partitions_and_each_record_goes_to_oneAsync(IEventLog log)
    {
        await using var first = log.Join(new ReaderOptions("share", "member-1"));
        await using var second = log.Join(new ReaderOptions("share", "member-2"));
        await UntilAsync(() => first.AssignedPartitions.Count == log.PartitionCount / 2 && second.AssignedPartitions.Count == log.PartitionCount / 2, "an even share");
        for (var partition = 0; partition < log.PartitionCount; partition++)
        {
            await AppendAsync(log, partition, count: 5);
        }

        var mine = await ReadAsync(first, log.PartitionCount / 2 * 5);
        var theirs = await ReadAsync(second, log.PartitionCount / 2 * 5);

        Assert.Empty(mine.Select(record => record.Partition).Intersect(theirs.Select(record => record.Partition)));
    }

    public static async Task A_hand_over_asks_for_a_flush_and_waits_for_the_commitAsync(IEventLog log)
    {
        for (var partition = 0; partition < log.PartitionCount; partition++)
        {
            await AppendAsync(log, partition, count: 3);
        }

        await using var first = log.Join(new ReaderOptions("hand-over", "member-1"));
        var held = await ReadAsync(first, log.PartitionCount * 3);
        await using var second = log.Join(new ReaderOptions("hand-over", "member-2"));
        await UntilAsync(async () => (await first.ReadAsync(1024, TimeSpan.FromMilliseconds(50), CancellationToken.None)).FlushRequested, "a request to flush");

        var next = held.GroupBy(record => record.Partition).Select(group => new PartitionOffset(group.Key, group.Max(record => record.Offset) + 1)).ToList();
        Assert.Equal(CommitOutcome.Committed, await first.CommitAsync(next, CancellationToken.None));
        await UntilAsync(() => second.AssignedPartitions.Count > 0, "the other member to get its share");

        Assert.Empty((await second.ReadAsync(1024, TimeSpan.FromMilliseconds(500), CancellationToken.None)).Records);
        var moved = second.AssignedPartitions.First();
        Assert.Equal(CommitOutcome.Fenced, await first.CommitAsync([new PartitionOffset(moved, 0)], CancellationToken.None));
    }

    public static async Task A_slow_caller_bounds_what_is_fetched_and_stays_in_the_groupAsync(IEventLog log)
    {
        const int RecordBytes = 100_000;
        const int Count = 60;
        for (var i = 0; i < Count; i++)
        {
            await log.AppendAsync(0, "key", Headers, new byte[RecordBytes], CancellationToken.None);
        }

        await using var reader = log.Join(new ReaderOptions("slow", "member-1") { MaxBufferedBytes = 1_000_000 });
        await UntilAsync(() => reader.AssignedPartitions.Count == log.PartitionCount, "all partitions");
        var records = new List<BufferedRecord>();
        while (records.Count < Count)
        {
            var read = await reader.ReadAsync(RecordBytes, Limit, CancellationToken.None);
            Assert.NotEmpty(read.Records);
            records.AddRange(read.Records);
        }

        Assert.Equal(Enumerable.Range(0, Count).Select(i => (long)i), records.Select(record => record.Offset));
        Assert.Equal(log.PartitionCount, reader.AssignedPartitions.Count);
    }

    public static async Task Positions_and_ranges_are_read_without_a_groupAsync(IEventLog log)
    {
        await AppendAsync(log, partition: 1, count: 8);

        var positions = await log.ReadPositionsAsync("nobody", CancellationToken.None);
        var range = new List<long>();
        await foreach (var record in log.ReadRangeAsync(1, 2, 5, CancellationToken.None))
        {
            range.Add(record.Offset);
        }

        Assert.Equal(new PartitionPosition(1, 0, 8, null), positions[1]);
        Assert.Equal(8, positions.Sum(position => position.Lag));
        Assert.Equal([2L, 3, 4], range);
    }

    public static async Task A_record_above_the_limit_is_too_large_and_nothing_else_suffersAsync(IEventLog log, int maxBytes)
    {
        var tooLarge = await log.AppendAsync(0, "key", Headers, new byte[maxBytes + 1], CancellationToken.None);
        var next = await log.AppendAsync(0, "key", Headers, [1], CancellationToken.None);

        Assert.Equal(AppendOutcome.TooLarge, tooLarge.Outcome);
        Assert.Equal(AppendResult.Appended(0, 0), next);
    }

    private static async Task AppendAsync(IEventLog log, int partition, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.Equal(AppendOutcome.Appended, (await log.AppendAsync(partition, "key", Headers, [1, 2, 3], CancellationToken.None)).Outcome);
        }
    }

    private static async Task<List<BufferedRecord>> ReadAsync(IEventLogReader reader, int count)
    {
        var records = new List<BufferedRecord>();
        var elapsed = Stopwatch.StartNew();
        while (records.Count < count)
        {
            Assert.True(elapsed.Elapsed < Limit, $"{records.Count} of {count} records within {Limit.TotalSeconds:0} s");
            records.AddRange((await reader.ReadAsync(1024 * 1024, TimeSpan.FromMilliseconds(200), CancellationToken.None)).Records);
        }

        Assert.Equal(count, records.Count);
        return records;
    }

    private static Task UntilAsync(Func<bool> condition, string what) => UntilAsync(() => Task.FromResult(condition()), what);

    private static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var elapsed = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(elapsed.Elapsed < Limit, $"not within {Limit.TotalSeconds:0} s: {what}");
            await Task.Delay(20);
        }
    }
}
