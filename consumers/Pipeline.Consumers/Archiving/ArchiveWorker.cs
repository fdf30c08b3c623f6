using Pipeline.Buffer;
using Pipeline.Consumers.Batching;
using Pipeline.Consumers.Reading;
using Pipeline.ServiceDefaults.Lifetime;
using Pipeline.Storage.Archiving;

namespace Pipeline.Consumers.Archiving;

/// <summary>The loop of the archive.</summary>
internal sealed class ArchiveWorker(
    WriterMember member,
    ArchiveOptions options,
    IEventLog log,
    ArchiveStore archive,
    ArchiveMetrics metrics,
    ExitStatus exitStatus,
    Task hostStarted) : GroupWorker(member, log, exitStatus, hostStarted)
{
    private readonly ArchiveStorer _storer = new(member, archive, metrics);

    protected override IBatchSink CreateSink() => new ArchiveSink(options, _storer);
}
