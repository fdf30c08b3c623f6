using Pipeline.Buffer;
using Pipeline.Buffer.Expiry;
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
            return (await BacklogReader.ReadAsync(log, [furthest], clock, cancellationToken))[0].Age ?? TimeSpan.Zero;
        }
        catch (EventLogUnavailableException)
        {
            return null;
        }
    }
}
