using Pipeline.Storage.Replays;

namespace Pipeline.Replay.Running;

/// <summary>Paces a replay: records and bytes per second, of which <see cref="Share"/> says how much is used now. Thread-safe.</summary>
internal sealed class ReplayRate(ReplayLimits limits, TimeProvider clock) : IDisposable
{
    // While nothing may go, look again soon: the share changes once a second.
    private static readonly TimeSpan StandstillPause = TimeSpan.FromMilliseconds(200);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private long _freeAt = clock.GetTimestamp();
    private double _share = 1;

    /// <summary>From 0 to 1.</summary>
    internal double Share
    {
        get => Volatile.Read(ref _share);
        set => Volatile.Write(ref _share, value);
    }

    /// <summary>Records per second now.</summary>
    internal double RecordsPerSecond => limits.RecordsPerSecond * Share;

    public void Dispose() => _turn.Dispose();

    /// <summary>Waits until a record of so many bytes may go; one at a time, in order.</summary>
    internal async ValueTask WaitAsync(int bytes, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            while (Share <= 0)
            {
                await Task.Delay(StandstillPause, clock, cancellationToken);
            }

            var wait = clock.GetElapsedTime(clock.GetTimestamp(), _freeAt);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, clock, cancellationToken);
            }

            // Time that nobody used is not saved up: after a pause there is no burst.
            var seconds = Math.Max(1 / limits.RecordsPerSecond, (double)bytes / limits.BytesPerSecond) / Share;
            _freeAt = Math.Max(_freeAt, clock.GetTimestamp()) + (long)(seconds * clock.TimestampFrequency);
        }
        finally
        {
            _turn.Release();
        }
    }
}
