using Pipeline.Buffer;
using Pipeline.Schemas;
using Pipeline.Storage;

namespace Pipeline.Replay.Running;

/// <summary>Looks how live traffic fares: how old its oldest unread record is, and how near the store is to its limit of parts.</summary>
/// <param name="log">The live log.</param>
/// <param name="group">The group that stores it.</param>
/// <param name="pressure">Tells how near the store is to its limit of parts.</param>
/// <param name="clock">The clock.</param>
public sealed class LiveTraffic(IEventLog log, string group, IStorePressure pressure, TimeProvider clock)
{
    /// <returns>The lag, and the pressure; null when one cannot be told.</returns>
    internal async ValueTask<(TimeSpan? Lag, double? Pressure)> ReadAsync(CancellationToken cancellationToken)
    {
        var parts = await pressure.ReadAsync(cancellationToken);
        return (await ReadLagAsync(cancellationToken), parts.IsKnown ? parts.Parts : null);
    }

    private async ValueTask<TimeSpan?> ReadLagAsync(CancellationToken cancellationToken)
    {
        try
        {
            await log.OpenAsync(cancellationToken);
            var furthest = (await log.ReadPositionsAsync(group, cancellationToken)).MaxBy(position => position.Lag);
            if (furthest.Lag == 0)
            {
                return TimeSpan.Zero;
            }

            var first = Math.Max(furthest.FirstOffset, furthest.CommittedOffset ?? 0);
            await foreach (var oldest in log.ReadRangeAsync(furthest.Partition, first, first + 1, cancellationToken))
            {
                return TimeSpan.FromMicroseconds(Math.Max(0, UnixMicros.Now(clock) - oldest.AppendedAtMicros));
            }

            return TimeSpan.Zero;
        }
        catch (EventLogUnavailableException)
        {
            return null;
        }
    }
}
