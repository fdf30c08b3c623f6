using System.Diagnostics.Metrics;
using Pipeline.Buffer;
using Pipeline.Consumers.Batching;
using Pipeline.Consumers.Converting;
using Pipeline.Consumers.Tests.Converting;
using Pipeline.Schemas.Records;
using Pipeline.Storage;
using Pipeline.Storage.Batches;
using Pipeline.Storage.Failures;
using Pipeline.Testing.Logs;
using Pipeline.Testing.ObjectStores;
using Pipeline.Testing.Stores;
using Pipeline.Testing.Time;

namespace Pipeline.Consumers.Tests.Simulation;

/// <summary>Writers, a log and a store on one thread in virtual time: the same seed gives the same run.</summary>
/// <remarks>Every commit is checked as it happens: it never steps back, and everything before it is stored.</remarks>
internal sealed class WriterSimulation : IDisposable
{
    private readonly Dictionary<int, long> _committed = [];
    private readonly Random _random;
    private int _started;

    internal WriterSimulation(int partitions = 1, int seed = 1)
    {
        _random = new Random(seed);
        Log = new InMemoryEventLog(partitions, Clock) { Committing = AssertStored };
        Store = new InMemoryStateStore(Clock) { Refusal = batch => Poison.IsIn(batch.States) ? new InsertResult(InsertOutcome.Poisoned, Poison.Code, "poison") : null };
        Objects = new InMemoryObjectStore(Clock);
        Failures = new FailureStore(Objects);
    }

    internal ManualTimeProvider Clock { get; } = new();

    internal InMemoryEventLog Log { get; }

    internal InMemoryStateStore Store { get; }

    internal InMemoryObjectStore Objects { get; }

    internal FailureStore Failures { get; }

    /// <summary>What a writer sees of the store; a test puts a defect in between to see that the checks find it.</summary>
    internal Func<IStateStore, IStateStore> StoreOf { get; set; } = store => store;

    internal IMeterFactory Meters { get; } = new SimulationMeters();

    internal WriterOptions Options { get; } = new() { MemberId = "" };

    internal List<SimulatedWriter> Writers { get; } = [];

    internal bool IsDrained => Log.IsDrained(Options.Group);

    internal SimulatedWriter Start()
    {
        var writer = new SimulatedWriter(this, StoreOf(Store), $"writer-{++_started}", new Random(_random.Next()));
        Writers.Add(writer);
        Settle();
        return writer;
    }

    /// <summary>Runs every process until all of them wait.</summary>
    internal void Settle()
    {
        var steps = 1;
        while (steps > 0)
        {
            steps = Writers.Sum(writer => writer.Context.Run());
        }
    }

    /// <summary>Lets time pass, in small steps so that everybody acts in between.</summary>
    internal void Pass(TimeSpan time, TimeSpan? step = null)
    {
        var left = time;
        while (left > TimeSpan.Zero)
        {
            var by = step is { } given && given < left ? given : TimeSpan.FromTicks(Math.Min(left.Ticks, TimeSpan.TicksPerMillisecond * 50));
            Clock.Advance(by);
            Settle();
            left -= by;
        }
    }

    /// <summary>Lets time pass until something holds, at most so long.</summary>
    internal void PassUntil(Func<bool> condition, TimeSpan? limit = null)
    {
        var left = limit ?? TimeSpan.FromMinutes(2);
        while (!condition())
        {
            Assert.True(left > TimeSpan.Zero, $"the condition did not come to hold in time: {this}");
            Pass(TimeSpan.FromMilliseconds(50));
            left -= TimeSpan.FromMilliseconds(50);
        }
    }

    /// <summary>Where everything stands, for a failure's message.</summary>
    public override string ToString() => string.Join("; ", Enumerable.Range(0, Log.PartitionCount)
        .Select(p => $"partition {p}: {Log.CommittedOffset(Options.Group, p)} of {Log.EndOf(p)}, owner {Log.Members.FirstOrDefault(member => member.AssignedPartitions.Contains(p))?.MemberId}")
        .Concat(Writers.Where(writer => !writer.Context.IsCrashed).Select(writer => $"{writer.Name}: {writer.Running.Status} {writer.Progress.Activity}"))
        .Append($"members {string.Join(',', Log.Members.Select(member => member.MemberId))}"));

    /// <summary>Fails unless the store holds exactly what the log holds, but for the poison, and the failure store exactly what the store does not.</summary>
    internal void AssertStoredExactly()
    {
        var expected = new OpenBatch();
        var records = Log.Records();
        foreach (var record in records)
        {
            expected.Add(record);
        }

        var states = expected.Cut().States;
        var poison = states.Observations.RemoveAll(Poison.Is);
        Assert.Equal(records.Count, Store.Receipts.Count);
        Assert.Equal(
            records.Select(record => (record.Partition, record.Offset)).Order(),
            Store.Receipts.Select(receipt => (receipt.Partition, receipt.Offset)).Order());
        Assert.Equal(Describe(states), Describe(Store.TakeStates()));
        Assert.Equal(states.Rejected.Count, Store.Rejected.Count(rejected => rejected.Reason != RejectReasons.RefusedRow));
        Assert.Equal(
            states.Receipts.Sum(receipt => (long)receipt.Accepted),
            Store.Receipts.Sum(receipt => (long)receipt.Stored + receipt.Failed));
        Assert.Equal(states.Rejected.Count + poison, Store.Receipts.Sum(receipt => (long)receipt.Failed));
        Assert.Equal(
            states.Accounts.GroupBy(report => (report.InstanceId, report.Account)).Select(group => group.Key).Order(Comparer).ToList(),
            Store.Accounts.Select(report => (report.InstanceId, report.Account)).Order(Comparer).ToList());
        AssertKeptExactly(records);
    }

    // What has a failed event is in the failure store byte by byte, and nothing else is.
    private void AssertKeptExactly(IReadOnlyList<BufferedRecord> records)
    {
        var kept = KeptRecords.In(Objects);
        var failed = Store.Receipts.Where(receipt => receipt.Failed > 0).Select(receipt => new PartitionOffset(receipt.Partition, receipt.Offset)).ToHashSet();
        Assert.Equal(failed.OrderBy(place => place.Partition).ThenBy(place => place.Offset), kept.Keys.OrderBy(place => place.Partition).ThenBy(place => place.Offset));
        foreach (var record in records)
        {
            if (kept.TryGetValue(new PartitionOffset(record.Partition, record.Offset), out var bytes))
            {
                Assert.Equal(Convert.ToBase64String(record.Value.Span), bytes);
            }
        }
    }

    public void Dispose()
    {
        Writers.ForEach(writer => writer.Dispose());
        Meters.Dispose();
    }

    private static Comparer<(string InstanceId, GatewayAccount Account)> Comparer { get; } = Comparer<(string InstanceId, GatewayAccount Account)>.Create(
        static (left, right) => string.CompareOrdinal($"{left.InstanceId} {left.Account}", $"{right.InstanceId} {right.Account}"));

    private static string Describe(StateBatch states)
    {
        var sink = new ListSink();
        states.Observations.ForEach(sink.Add);
        states.Traces.ForEach(sink.Add);
        states.Scores.ForEach(sink.Add);
        return sink.Describe();
    }

    private void AssertStored(PartitionOffset next)
    {
        var before = _committed.GetValueOrDefault(next.Partition);
        Assert.True(next.Offset >= before, $"commit of partition {next.Partition} steps back from {before} to {next.Offset}");
        _committed[next.Partition] = next.Offset;
        var receipts = Store.Receipts.Where(receipt => receipt.Partition == next.Partition).ToDictionary(receipt => receipt.Offset);
        for (var offset = before; offset < next.Offset; offset++)
        {
            Assert.True(receipts.TryGetValue(offset, out var receipt), $"offset {next.Partition}/{offset} is committed and not stored");
            Assert.True(
                receipt.Failed == 0 || receipt.Attempt > 0 || KeptRecords.In(Objects).ContainsKey(new PartitionOffset(next.Partition, offset)),
                $"offset {next.Partition}/{offset} is committed, failed, and not kept aside");
        }
    }
}
