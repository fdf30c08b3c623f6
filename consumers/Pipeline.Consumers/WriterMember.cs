using Microsoft.Extensions.Logging;
using Pipeline.Schemas;
using Pipeline.Schemas.Records;
using Pipeline.ServiceDefaults.Faults;
using Pipeline.ServiceDefaults.Health;

namespace Pipeline.Consumers;

/// <summary>What everything that works for one member of the group shares.</summary>
/// <param name="Id">Name of the member.</param>
/// <param name="Options">Settings.</param>
/// <param name="Metrics">Metrics of the process.</param>
/// <param name="Progress">Progress of the process.</param>
/// <param name="Heartbeat">The member's.</param>
/// <param name="StepKill">Where fault tests end the process.</param>
/// <param name="Clock">The clock.</param>
/// <param name="Random">Randomness for jitter; the member's own, for it is not thread-safe.</param>
/// <param name="Logger">Where it says what happened.</param>
internal sealed record WriterMember(
    string Id,
    WriterOptions Options,
    ConsumerMetrics Metrics,
    WriterProgress Progress,
    Heartbeat Heartbeat,
    StepKill StepKill,
    TimeProvider Clock,
    Random Random,
    ILogger Logger)
{
    /// <summary>Which records it reads.</summary>
    /// <value>Live ones.</value>
    internal RecordLane Lane { get; init; }

    /// <summary>Its consumer group: another one for the replay lane, so that members that come and go there do not move live partitions.</summary>
    internal string Group => Lane == RecordLane.Replay ? TopicNames.ReplayOf(Options.Group) : Options.Group;

    /// <summary>Waits for half to the whole pause, so that members that failed together do not come back together.</summary>
    internal async Task PauseAsync(TimeSpan longest, CancellationToken stopping)
    {
        await Task.Delay(longest * (0.5 + (Random.NextDouble() / 2)), Clock, stopping);
        Heartbeat.Beat();
    }
}
