using Microsoft.Extensions.Logging.Abstractions;
using Pipeline.Consumers.Inserting;
using Pipeline.Consumers.Reading;
using Pipeline.Consumers.Stalls;
using Pipeline.ServiceDefaults.Faults;
using Pipeline.ServiceDefaults.Health;
using Pipeline.ServiceDefaults.Lifetime;
using Pipeline.Storage;
using Pipeline.Testing.Logging;
using Pipeline.Testing.Logs;
using Pipeline.Testing.Simulation;

namespace Pipeline.Consumers.Tests.Simulation;

/// <summary>One writer process of a <see cref="WriterSimulation"/>.</summary>
internal sealed class SimulatedWriter : IDisposable
{
    private readonly WriterSimulation _simulation;
    private readonly CancellationTokenSource _stopping = new();

    internal SimulatedWriter(WriterSimulation simulation, IStateStore store, string name, Random random)
    {
        _simulation = simulation;
        Name = name;
        Health = new ServiceHealth(simulation.Clock);
        Progress = new WriterProgress(Health, simulation.Options, simulation.Clock);
        var metrics = new ConsumerMetrics(simulation.Meters, Progress, new UnreadExpiry(simulation.Options, NullLogger<UnreadExpiry>.Instance), simulation.Clock);
        var member = new WriterMember(
            name, simulation.Options, metrics, Progress, Health.AddHeartbeat(name, TraceInsertWorker.StuckAfter), new StepKill(null, 0), simulation.Clock, random, Logger);
        var watched = new WatchedStore(store, Progress.Stalls.Member(name), TraceInsertWorker.StuckAfter, 2 * simulation.Options.RetryMaxPause);
        var worker = new TraceInsertWorker(member, simulation.Log, watched, simulation.Failures, new ExitStatus(), Task.CompletedTask);
        Running = Context.Start(() => worker.ReadAndStoreAsync(_stopping.Token));
        Reader = simulation.Log.Members.LastOrDefault(member => member.MemberId == name);
    }

    internal string Name { get; }

    internal SimulationContext Context { get; } = new();

    internal RecordingLogger<TraceInsertWorker> Logger { get; } = new();

    internal ServiceHealth Health { get; }

    internal WriterProgress Progress { get; }

    internal Task Running { get; }

    /// <summary>Its first reader; null when the log was down.</summary>
    internal InMemoryLogReader? Reader { get; }

    internal bool IsAlive => !Context.IsCrashed && !Running.IsCompleted;

    /// <summary>SIGTERM.</summary>
    internal void Stop() => _stopping.Cancel();

    public void Dispose() => _stopping.Dispose();

    /// <summary>SIGKILL, and the group notices at once.</summary>
    internal void Crash()
    {
        Context.Crash();
        foreach (var reader in _simulation.Log.Members.Where(member => member.MemberId == Name))
        {
            _simulation.Log.Expire(reader);
        }
    }
}
