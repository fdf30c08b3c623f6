using Pipeline.Consumers.Batching;

namespace Pipeline.Consumers.Tests.Batching;

public sealed class BatchCutRuleTests
{
    private static readonly BatchLimits Limits = new(100, 1_000, TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(200));
    private static readonly BatchSize Small = new(1, 1, 1, 2, 10, 10);

    [Fact]
    public void An_empty_batch_is_never_cut() =>
        Assert.False(BatchCutRule.ShouldCut(default, TimeSpan.FromHours(1), isIdle: true, isFlushRequested: true, Limits));

    [Fact]
    public void A_small_young_batch_waits_for_more() =>
        Assert.False(BatchCutRule.ShouldCut(Small, TimeSpan.FromMilliseconds(999), isIdle: false, isFlushRequested: false, Limits));

    [Theory]
    [InlineData(99, 999, false)]
    [InlineData(100, 10, true)]
    [InlineData(10, 1_000, true)]
    public void Rows_and_bytes_cut_at_their_limit(int rows, long bytes, bool cuts) =>
        Assert.Equal(cuts, BatchCutRule.ShouldCut(Small with { Rows = rows, Bytes = bytes }, TimeSpan.Zero, isIdle: false, isFlushRequested: false, Limits));

    [Fact]
    public void Metadata_that_many_spans_share_cuts_a_batch_of_small_records() =>
        Assert.True(BatchCutRule.ShouldCut(Small with { MetadataBytes = 1_000 }, TimeSpan.Zero, isIdle: false, isFlushRequested: false, Limits));

    [Theory]
    [InlineData(1_000, false, true)]
    [InlineData(200, false, false)]
    [InlineData(200, true, true)]
    [InlineData(199, true, false)]
    public void Age_cuts_under_load_and_earlier_when_the_log_has_nothing_more(int milliseconds, bool isIdle, bool cuts) =>
        Assert.Equal(cuts, BatchCutRule.ShouldCut(Small, TimeSpan.FromMilliseconds(milliseconds), isIdle, isFlushRequested: false, Limits));

    [Fact]
    public void A_hand_over_cuts_at_once() =>
        Assert.True(BatchCutRule.ShouldCut(Small, TimeSpan.Zero, isIdle: false, isFlushRequested: true, Limits));

    [Fact]
    public void An_overloaded_store_gets_wider_batches()
    {
        var options = new WriterOptions();

        var spared = BatchLimits.Of(options, isOverloaded: true);

        Assert.Equal(options.OverloadFlushInterval, spared.FlushInterval);
        Assert.Equal(options.OverloadFlushInterval, spared.IdleFlushInterval);
        Assert.Equal(options.OverloadMaxBatchBytes, spared.MaxBytes);
        Assert.Equal(options.FlushInterval, BatchLimits.Of(options, isOverloaded: false).FlushInterval);
    }
}
