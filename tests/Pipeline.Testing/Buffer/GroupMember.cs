using System.Diagnostics;
using Pipeline.Buffer;
using Pipeline.Testing.Time;
using Xunit;

namespace Pipeline.Testing.Buffer;

/// <summary>A reader that remembers what it was given, as a consumer would.</summary>
public sealed class GroupMember(IEventLogReader reader) : IAsyncDisposable
{
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(100);

    public IEventLogReader Reader => reader;

    public List<BufferedRecord> Records { get; } = [];

    public bool FlushRequested { get; private set; }

    public IReadOnlyCollection<int> Assigned => reader.AssignedPartitions;

    /// <summary>What to commit for everything it was given.</summary>
    public List<PartitionOffset> NextOffsets =>
        [.. Records.GroupBy(record => record.Partition).Select(group => new PartitionOffset(group.Key, group.Max(record => record.Offset) + 1))];

    public async Task ReadOnceAsync()
    {
        var result = await reader.ReadAsync(1024 * 1024, Wait, CancellationToken.None);
        FlushRequested |= result.FlushRequested;
        Records.AddRange(result.Records);
    }

    public async Task ReadUntilAsync(int count, TimeSpan limit)
    {
        await Until.TrueAsync($"{count} records", limit, async () =>
        {
            await ReadOnceAsync();
            return Records.Count >= count;
        });
        Assert.Equal(count, Records.Count);
    }

    /// <summary>Reads on to notice records that should not come.</summary>
    public async Task ReadForAsync(TimeSpan time)
    {
        for (var elapsed = Stopwatch.StartNew(); elapsed.Elapsed < time;)
        {
            await ReadOnceAsync();
        }
    }

    public async Task ReadUntilOwnerOfAsync(int partitions, TimeSpan limit) => await Until.TrueAsync($"{partitions} partitions", limit, async () =>
    {
        await ReadOnceAsync();
        return Assigned.Count == partitions;
    });

    public ValueTask<CommitOutcome> CommitAllAsync() => reader.CommitAsync(NextOffsets, CancellationToken.None);

    public ValueTask DisposeAsync() => reader.DisposeAsync();
}
