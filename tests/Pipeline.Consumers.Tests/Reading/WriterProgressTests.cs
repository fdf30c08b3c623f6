using Pipeline.Buffer;
using Pipeline.Consumers.Batching;
using Pipeline.Schemas;
using Pipeline.ServiceDefaults.Health;
using Pipeline.Testing.Time;

namespace Pipeline.Consumers.Tests.Reading;

public sealed class WriterProgressTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly WriterProgress _progress;

    public WriterProgressTests() => _progress = new WriterProgress(new ServiceHealth(_clock), new WriterOptions(), _clock);

    [Fact]
    public void A_partition_that_was_caught_up_is_as_late_as_the_time_since_then()
    {
        _progress.Positions([At(100, 100)]);
        _clock.Advance(TimeSpan.FromSeconds(10));

        _progress.Positions([At(101, 100)]);

        Assert.Equal((1, TimeSpan.FromSeconds(10)), (_progress.Lag[0].Records, _progress.Lag[0].Age));
    }

    [Fact]
    public void A_partition_that_is_behind_is_as_late_as_its_last_stored_record()
    {
        var appendedAt = UnixMicros.Now(_clock) - (90 * UnixMicros.PerSecond);
        _progress.Stored(new BatchSummary(default, [], [], new Dictionary<int, long> { [0] = appendedAt }, [], 0), UnixMicros.Now(_clock));
        _clock.Advance(TimeSpan.FromSeconds(5));

        _progress.Positions([At(200, 100)]);

        Assert.Equal(TimeSpan.FromSeconds(95), _progress.Lag[0].Age);
    }

    [Fact]
    public void A_log_whose_positions_are_unknown_is_waited_for_whatever_its_readers_say()
    {
        _progress.StoreIsReachable();
        _progress.Positions([At(0, 0)]);
        Assert.False(_progress.IsReady, "no member opened the log yet");
        _progress.LogIsOpen("a");
        _progress.PositionsUnknown("down");
        _progress.LogIsOpen("b");
        Assert.Equal((false, "waiting_for_log"), (_progress.IsReady, _progress.Activity));

        _progress.Positions([At(0, 0)]);

        Assert.Equal((true, "idle"), (_progress.IsReady, _progress.Activity));
    }

    [Fact]
    public void An_unknown_lag_is_not_zero()
    {
        _progress.Positions([At(200, 100)]);

        _progress.PositionsUnknown("down");

        Assert.False(_progress.IsLagKnown);
        Assert.Equal(100, _progress.Lag[0].Records);
    }

    [Fact]
    public void One_member_that_cannot_store_is_not_hidden_by_another_that_can()
    {
        _progress.LogIsOpen("a");
        _progress.LogIsOpen("b");
        _progress.StoreFails("a", "the store refuses a batch (code 16)");

        _progress.StoreTakesBatches("b");

        Assert.False(_progress.IsReady);
        _progress.StoreTakesBatches("a");
        Assert.True(_progress.IsReady);
    }

    [Fact]
    public void A_probe_never_hides_a_failed_insert()
    {
        _progress.LogIsOpen("a");
        _progress.StoreFails("a", "the store does not answer");

        _progress.StoreIsReachable();

        Assert.False(_progress.IsReady);
    }

    private static PartitionPosition At(long end, long committed) => new(0, 0, end, committed);
}
