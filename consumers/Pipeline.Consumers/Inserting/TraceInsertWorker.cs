using Pipeline.Buffer;
using Pipeline.Consumers.Batching;
using Pipeline.Consumers.Reading;
using Pipeline.Consumers.Rescuing;
using Pipeline.ServiceDefaults.Lifetime;
using Pipeline.Storage;
using Pipeline.Storage.Failures;

namespace Pipeline.Consumers.Inserting;

/// <summary>The loop of the writer.</summary>
/// <remarks>One loop per member. Converting, folding and encoding happen on it; only the insert runs beside it.</remarks>
internal sealed class TraceInsertWorker(
    WriterMember member,
    IEventLog log,
    IStateStore store,
    FailureStore failures,
    ExitStatus exitStatus,
    Task hostStarted) : GroupWorker(member, log, exitStatus, hostStarted)
{
    private readonly WriterMember _member = member;
    private readonly BatchStorer _storer = StorerOf(member, store, failures);

    protected override IBatchSink CreateSink() => new TraceBatchSink(_member, store, _storer);

    private static BatchStorer StorerOf(WriterMember member, IStateStore store, FailureStore failures)
    {
        var gate = new InsertGate(member, store);
        var budget = new FailureBudget(member);
        var quarantine = new Quarantine(member, failures, budget);
        return new BatchStorer(member, gate, quarantine, new BatchRescue(member, store, gate, quarantine, budget), budget);
    }
}
