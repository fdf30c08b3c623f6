using Pipeline.Buffer;
using Pipeline.Consumers.Batching;
using Pipeline.Storage;

namespace Pipeline.Consumers.Inserting;

/// <summary>The writer's batch: folded as it is filled, and encoded when it is closed.</summary>
internal sealed class TraceBatchSink(WriterMember member, IStateStore store, BatchStorer storer) : IBatchSink
{
    private readonly OpenBatch _open = new();

    public bool IsEmpty => _open.IsEmpty;

    public void Add(BufferedRecord source) => _open.Add(source);

    public bool IsDue(TimeSpan age, bool isIdle, bool isFlushRequested) =>
        BatchCutRule.ShouldCut(_open.Size, age, isIdle, isFlushRequested, BatchLimits.Of(member.Options, storer.IsOverloaded, member.Progress.Pressure.Level));

    // The states are let go of here: nothing that waits keeps them alive.
    public IClosedBatch Close()
    {
        var startedAt = member.Clock.GetTimestamp();
        var cut = _open.Cut();
        var prepared = store.Prepare(cut.States);
        member.Metrics.BatchPrepared(cut.Summary, prepared, member.Clock.GetElapsedTime(startedAt));
        return new ClosedTraceBatch(cut.Summary, prepared, storer);
    }
}
