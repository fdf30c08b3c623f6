using Pipeline.Buffer.Reading;
using Pipeline.Schemas.Records;

namespace Pipeline.Buffer.Tests.Reading;

public sealed class ReaderQueueTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task Records_come_out_in_order_and_within_the_byte_limit_but_at_least_one()
    {
        using var queue = new ReaderQueue();
        var partition = Own(queue);
        queue.Add(partition, [Record(0, 10), Record(1, 10), Record(2, 10)]);

        Assert.Equal([0L, 1], Offsets(await queue.TakeAsync(25, Soon, CancellationToken.None)));
        Assert.Equal([2L], Offsets(await queue.TakeAsync(1, Soon, CancellationToken.None)));
        Assert.Equal(0, queue.QueuedBytes);
    }

    [Fact]
    public async Task A_hand_over_drops_what_was_not_delivered_and_asks_for_a_flush_until_the_commit()
    {
        using var queue = new ReaderQueue();
        var partition = Own(queue);
        queue.Add(partition, [Record(0, 10), Record(1, 10)]);
        await queue.TakeAsync(10, Soon, CancellationToken.None);

        queue.BeginRelease([partition]);

        var read = await queue.TakeAsync(100, Soon, CancellationToken.None);
        Assert.Empty(read.Records);
        Assert.True(read.FlushRequested);
        Assert.True(queue.AnyInUse([partition]));
        queue.Committed(partition, 1);
        Assert.False(queue.AnyInUse([partition]));
        Assert.False((await queue.TakeAsync(100, Soon, CancellationToken.None)).FlushRequested);
    }

    [Fact]
    public async Task Records_of_an_earlier_ownership_never_reach_the_next_one()
    {
        using var queue = new ReaderQueue();
        var earlier = Own(queue);
        queue.Add(earlier, [Record(7, 10)]);
        queue.Drop([earlier]);
        var later = Own(queue);
        queue.Add(later, [Record(5, 10)]);

        Assert.Equal([5L], Offsets(await queue.TakeAsync(100, Soon, CancellationToken.None)));
    }

    [Fact]
    public async Task An_old_signal_does_not_end_the_wait()
    {
        using var queue = new ReaderQueue();
        var partition = Own(queue);
        queue.Add(partition, [Record(0, 10)]);
        await queue.TakeAsync(100, Soon, CancellationToken.None);

        var waiting = queue.TakeAsync(100, TimeSpan.FromSeconds(30), CancellationToken.None);
        queue.Add(partition, [Record(1, 10)]);

        Assert.Equal([1L], Offsets(await waiting));
    }

    private static OwnedPartition Own(ReaderQueue queue)
    {
        var partition = new OwnedPartition(3);
        queue.Own([partition]);
        return partition;
    }

    private static BufferedRecord Record(long offset, int bytes) => new("topic", 3, offset, 0, new RecordHeaders("1.0", null), new byte[bytes]);

    private static IEnumerable<long> Offsets(ReadResult read) => read.Records.Select(record => record.Offset);
}
