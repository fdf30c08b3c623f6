using Pipeline.Buffer.Reading;
using Pipeline.Schemas.Records;

namespace Pipeline.Buffer.Tests.Reading;

/// <summary>Which commits belong to the present ownership of a partition.</summary>
public sealed class OwnershipCommitTests : IDisposable
{
    private readonly ReaderQueue _queue = new();

    public void Dispose() => _queue.Dispose();

    [Fact]
    public async Task A_commit_of_what_was_delivered_belongs_to_the_ownership()
    {
        await OwnAndDeliverAsync(10, 11, 12);

        Assert.NotNull(_queue.FindForCommit(new PartitionOffset(0, 13)));
        Assert.NotNull(_queue.FindForCommit(new PartitionOffset(0, 11)));
        Assert.Null(_queue.FindForCommit(new PartitionOffset(0, 14)));
        Assert.Null(_queue.FindForCommit(new PartitionOffset(1, 13)));
    }

    [Fact]
    public async Task A_commit_from_before_the_partition_was_lost_is_refused_when_another_member_came_further()
    {
        var first = await OwnAndDeliverAsync(0, 1, 2);
        _queue.Drop([first]);
        await OwnAndDeliverAsync(50, 51);

        Assert.Null(_queue.FindForCommit(new PartitionOffset(0, 3)));
        Assert.NotNull(_queue.FindForCommit(new PartitionOffset(0, 52)));
    }

    [Fact]
    public async Task A_commit_never_steps_back()
    {
        var owned = await OwnAndDeliverAsync(0, 1, 2, 3);
        _queue.Committed(owned, 3);

        Assert.Null(_queue.FindForCommit(new PartitionOffset(0, 2)));
        Assert.NotNull(_queue.FindForCommit(new PartitionOffset(0, 4)));
    }

    [Fact]
    public async Task A_log_made_anew_is_committed_from_its_beginning()
    {
        var owned = await OwnAndDeliverAsync(1_000, 1_001);
        _queue.Committed(owned, 1_002);

        await DeliverAsync(owned, 0, 1);

        Assert.NotNull(_queue.FindForCommit(new PartitionOffset(0, 2)));
        Assert.Null(_queue.FindForCommit(new PartitionOffset(0, 1_002)));
    }

    private async Task<OwnedPartition> OwnAndDeliverAsync(params long[] offsets)
    {
        var owned = new OwnedPartition(0);
        _queue.Own([owned]);
        await DeliverAsync(owned, offsets);
        return owned;
    }

    private async Task DeliverAsync(OwnedPartition owned, params long[] offsets)
    {
        _queue.Add(owned, [.. offsets.Select(offset => new BufferedRecord("events", 0, offset, 0, new RecordHeaders("1.0", null), new byte[10]))]);
        Assert.Equal(offsets.Length, (await TakeAsync()).Records.Count);
    }

    private ValueTask<ReadResult> TakeAsync() => _queue.TakeAsync(1_000, TimeSpan.Zero, CancellationToken.None);
}
