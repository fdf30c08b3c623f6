using Pipeline.Buffer;
using Pipeline.Consumers.Batching;
using Pipeline.Consumers.Inserting;
using Pipeline.Schemas.Records;
using Pipeline.ServiceDefaults.Lifetime;

namespace Pipeline.Consumers.Reading;

/// <summary>The loop of a member: open the log, join the group, and let a <see cref="BatchPipeline"/> read and store; again when the reader breaks.</summary>
internal abstract class GroupWorker(WriterMember member, IEventLog log, ExitStatus exitStatus, Task hostStarted) : HostedWorker(exitStatus)
{
    /// <summary>Silence after which the loop counts as stuck: more than inserts into all six tables may take, each at its longest timeout.</summary>
    internal static readonly TimeSpan StuckAfter = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private string? _lastReason;

    /// <summary>The loop itself, for tests that drive it without a host.</summary>
    internal async Task ReadAndStoreAsync(CancellationToken stopping)
    {
        var pause = FirstPause;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await log.OpenAsync(stopping);
                await using var reader = member.Progress.Stalls.Member(member.Id).Watch(log.Join(new ReaderOptions(member.Group, member.Id)
                {
                    IsStaticMember = member.Options.MemberId.Length > 0,
                    MaxBufferedBytes = member.Options.MaxBufferedBytes,
                }));
                member.Progress.LogIsOpen(member.Id);
                Log.GroupJoined(member.Logger, member.Group, member.Id, log.Topic);
                (pause, _lastReason) = (FirstPause, null);
                await new BatchPipeline(member, reader, CreateSink()).RunAsync(stopping);
            }
            catch (UnreadableRecordException unreadable) when (member.Lane == RecordLane.Replay)
            {
                await StandStillAsync(unreadable.Message, stopping);
            }
            catch (EventLogUnavailableException unavailable)
            {
                member.Progress.LogFails(member.Id, "the log cannot be read");
                Report(unavailable.Message);
            }

            member.Heartbeat.Beat();
            await PauseAsync(pause, stopping);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
        }
    }

    /// <summary>An empty batch for a new reader: what the last one had in hand is read again.</summary>
    protected abstract IBatchSink CreateSink();

    protected override async Task RunAsync(CancellationToken stopping)
    {
        // A fault before that would look like a start that somebody cancelled, and its exit code would be lost.
        await hostStarted.WaitAsync(stopping);
        await ReadAndStoreAsync(stopping);
    }

    // Live traffic goes on beside a replay that a newer version made.
    private async Task StandStillAsync(string reason, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            member.Progress.Halted(member.Id, reason);
            await PauseAsync(LongestPause, stopping);
            member.Heartbeat.Beat();
        }
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken stopping)
    {
        if (!stopping.IsCancellationRequested)
        {
            await member.PauseAsync(pause, stopping);
        }
    }

    private void Report(string reason)
    {
        if (reason != _lastReason)
        {
            _lastReason = reason;
            Log.LogNotReadable(member.Logger, log.Topic, reason);
        }
    }
}
