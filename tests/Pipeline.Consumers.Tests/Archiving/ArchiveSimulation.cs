using Microsoft.Extensions.Logging.Abstractions;
using Pipeline.Buffer;
using Pipeline.Consumers.Archiving;
using Pipeline.Consumers.Reading;
using Pipeline.Consumers.Tests.Simulation;
using Pipeline.Schemas;
using Pipeline.ServiceDefaults.Faults;
using Pipeline.ServiceDefaults.Health;
using Pipeline.ServiceDefaults.Lifetime;
using Pipeline.Storage.Archiving;
using Pipeline.Testing.Logging;
using Pipeline.Testing.Logs;
using Pipeline.Testing.ObjectStores;
using Pipeline.Testing.Simulation;
using Pipeline.Testing.Time;

namespace Pipeline.Consumers.Tests.Archiving;

/// <summary>An archive, a log and an object store on one thread in virtual time. Every commit is checked as it happens: everything before it is archived.</summary>
internal sealed class ArchiveSimulation : IDisposable
{
    private readonly SimulationMeters _meters = new();
    private readonly CancellationTokenSource _stopping = new();
    private int _started;

    internal ArchiveSimulation(int partitions = 2)
    {
        Log = new InMemoryEventLog(partitions, Clock) { Committing = AssertArchived };
        Objects = new InMemoryObjectStore(Clock);
    }

    internal ManualTimeProvider Clock { get; } = new();

    internal InMemoryEventLog Log { get; }

    internal InMemoryObjectStore Objects { get; }

    internal ArchiveOptions Options { get; } = new() { MaxRecords = 10, FlushInterval = TimeSpan.FromSeconds(5), RetryMaxPause = TimeSpan.FromSeconds(2) };

    internal RecordingLogger<ArchiveWorker> Logger { get; } = new();

    internal SimulationContext Context { get; private set; } = new();

    internal WriterProgress Progress { get; private set; } = null!;

    internal Task Running { get; private set; } = Task.CompletedTask;

    internal bool IsDrained => Log.IsDrained(TopicNames.ArchiveGroup);

    internal void Start()
    {
        var health = new ServiceHealth(Clock);
        var loop = Options.ToLoop();
        Progress = new WriterProgress(health, loop, Clock);
        var metrics = new ConsumerMetrics(_meters, Progress, new UnreadExpiry(loop, NullLogger<UnreadExpiry>.Instance), Clock);
        var name = $"archive-{++_started}";
        var member = new WriterMember(name, loop, metrics, Progress, health.AddHeartbeat(name, GroupWorker.StuckAfter), new StepKill(null, 0), Clock, new Random(_started), Logger);
        var worker = new ArchiveWorker(member, Options, Log, new ArchiveStore(Objects, "1.0.0"), new ArchiveMetrics(_meters), new ExitStatus(), Task.CompletedTask);
        Context = new SimulationContext();
        Running = Context.Start(() => worker.ReadAndStoreAsync(_stopping.Token));
        Settle();
    }

    /// <summary>SIGTERM.</summary>
    internal void Stop() => Context.Inside(_stopping.Cancel);

    /// <summary>SIGKILL, and the group notices at once.</summary>
    internal void Crash()
    {
        Context.Crash();
        foreach (var reader in Log.Members)
        {
            Log.Expire(reader);
        }
    }

    internal void Pass(TimeSpan time)
    {
        for (var left = time; left > TimeSpan.Zero; left -= TimeSpan.FromMilliseconds(50))
        {
            Clock.Advance(TimeSpan.FromMilliseconds(50));
            Settle();
        }
    }

    internal void PassUntil(Func<bool> condition)
    {
        for (var left = TimeSpan.FromMinutes(2); !condition(); left -= TimeSpan.FromMilliseconds(50))
        {
            Assert.True(left > TimeSpan.Zero, "the condition did not come to hold in time");
            Pass(TimeSpan.FromMilliseconds(50));
        }
    }

    /// <summary>Fails unless the archive gives back exactly what the log holds.</summary>
    internal async Task AssertArchivedExactlyAsync()
    {
        for (var partition = 0; partition < Log.PartitionCount; partition++)
        {
            var archived = await new ArchiveReader(Objects).ReadAsync(Log.Topic, partition, 0, Log.EndOf(partition), CancellationToken.None);
            var expected = Log.Records().Where(record => record.Partition == partition);
            Assert.Equal(
                expected.Select(record => (record.Offset, record.AppendedAtMicros, record.Headers, Convert.ToHexString(record.Value.Span))),
                archived.Select(record => (record.Offset, record.AppendedAtMicros, record.Headers, Convert.ToHexString(record.Value.Span))));
        }
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _meters.Dispose();
    }

    private void Settle()
    {
        while (Context.Run() > 0)
        {
        }
    }

    private void AssertArchived(PartitionOffset next)
    {
        var ranges = Objects.Keys.Where(key => key.EndsWith(".manifest.json", StringComparison.Ordinal) && key.Contains($"/partition={next.Partition}/", StringComparison.Ordinal))
            .Select(key => key.Split("offsets=")[1].Split('-', '.')).Select(parts => (First: long.Parse(parts[0]), Last: long.Parse(parts[1]))).ToList();
        for (var offset = Log.CommittedOffset(TopicNames.ArchiveGroup, next.Partition) ?? 0; offset < next.Offset; offset++)
        {
            Assert.Contains(ranges, range => range.First <= offset && range.Last >= offset);
        }
    }
}
