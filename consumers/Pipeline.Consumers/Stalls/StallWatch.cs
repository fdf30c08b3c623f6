using System.Collections.Concurrent;
using System.Globalization;
using Pipeline.Buffer;
using Pipeline.ServiceDefaults.Health;

namespace Pipeline.Consumers.Stalls;

/// <summary>Finds partitions of this process that are behind and stand still although no other system is waited for: only a restart helps.</summary>
/// <remarks>Thread-safe. While the log does not say where the group stands, nothing is called stuck.</remarks>
internal sealed class StallWatch(TimeSpan stuckAfter, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, MemberWatch> _members = new(StringComparer.Ordinal);
    private volatile IReadOnlyList<PartitionPosition> _positions = [];

    // Ticks, because the value is read without a lock.
    private long _logAwayUntil;

    /// <summary>The watch of one member.</summary>
    internal MemberWatch Member(string memberId) => _members.GetOrAdd(memberId, static (id, clock) => new MemberWatch(id, clock), clock);

    /// <summary>The positions are known.</summary>
    internal void Looked(IReadOnlyList<PartitionPosition> positions)
    {
        _positions = positions;
        foreach (var member in _members.Values)
        {
            member.Looked(positions);
        }
    }

    /// <summary>The log does not answer: standing still means nothing until it did for a while.</summary>
    internal void LogIsAway()
    {
        _positions = [];
        Volatile.Write(ref _logAwayUntil, clock.GetUtcNow().UtcTicks);
    }

    /// <summary>What is stuck now; usually nothing.</summary>
    internal List<StuckPartition> FindStuck()
    {
        var notBefore = new DateTimeOffset(Volatile.Read(ref _logAwayUntil), TimeSpan.Zero);
        return [.. _members.Values.SelectMany(member => member.FindStuck(_positions, stuckAfter, notBefore)).OrderBy(stuck => stuck.Partition)];
    }

    /// <summary>The same as reasons of a probe.</summary>
    internal IReadOnlyList<HealthReason> WhyStuck() =>
    [
        .. FindStuck().Select(stuck => new HealthReason(
            string.Create(CultureInfo.InvariantCulture, $"partition {stuck.Partition}"),
            string.Create(CultureInfo.InvariantCulture, $"{stuck.Lag} records unread and nothing moved since {stuck.Since:u}; member {stuck.Member} was last {stuck.Doing}"))),
    ];
}
