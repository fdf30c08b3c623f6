using Pipeline.Storage.ClickHouse.Inserting;

namespace Pipeline.Storage.ClickHouse.Tests.Inserting;

public sealed class SegmentsContentTests
{
    private static readonly PreparedInsert Insert = new("any", "INSERT", rowCount: 1, [new byte[10], new byte[20]]);

    [Fact]
    public async Task Stopping_waits_for_the_write_under_way_and_begins_no_other()
    {
        using var content = new SegmentsContent(Insert);
        await using var stream = new StubbornStream();
        var sending = content.CopyToAsync(stream);

        var stopping = content.StopAsync();
        var stoppedEarly = stopping.IsCompleted;
        stream.Release.SetResult();
        await stopping;

        Assert.False(stoppedEarly);
        Assert.Equal(1, stream.Writes);
        await Assert.ThrowsAnyAsync<Exception>(() => sending);
    }

    [Fact]
    public async Task Stopping_what_was_never_sent_returns_at_once()
    {
        using var content = new SegmentsContent(Insert);

        await content.StopAsync();

        Assert.Equal(30, content.Headers.ContentLength);
    }

    /// <summary>A socket that ends its write in its own time, whatever token it is given.</summary>
    private sealed class StubbornStream : MemoryStream
    {
        internal TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal int Writes { get; private set; }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Writes++;
            await Release.Task;
        }
    }
}
