using System.Collections.Concurrent;
using Pipeline.Schemas;
using Pipeline.Schemas.Records;
using Pipeline.ServiceDefaults;

namespace Pipeline.Gateway.Accounting;

/// <summary>Counts what this gateway acknowledged, per project and minute of receipt: the second of the two sides that the ledger compares.</summary>
/// <remarks>
/// <para>
/// Thread-safe. A request is counted once, after the log has its records and before its answer is sent: a client that got a 2xx is always
/// counted; a crash between the two leaves the count too high by what nobody was told, never too low.
/// </para>
/// <para>
/// A minute is kept for ten minutes after the log took its total, so that a straggler adds to the same total and never starts a
/// smaller one. The number of entries is bounded by the projects active in that time; above <see cref="MaxEntries"/> a confirmed
/// minute is kept for two minutes only, which is still longer than any request lives.
/// </para>
/// </remarks>
internal sealed class GatewayLedger(ServiceIdentity identity)
{
    internal const int MaxEntries = 100_000;

    private static readonly TimeSpan Retention = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan CrowdedRetention = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<(string ProjectId, long MinuteMicros), LedgerEntry> _entries = new();

    internal int Count => _entries.Count;

    /// <summary>This life of this gateway; the counts are compared with the records that carry it.</summary>
    internal string InstanceId => identity.InstanceId;

    /// <summary>Counts events that are about to be acknowledged.</summary>
    internal void Acknowledge(string projectId, long receivedAtMicros, int events)
    {
        if (events > 0)
        {
            _entries.GetOrAdd((projectId, UnixMicros.FloorToMinute(receivedAtMicros)), static _ => new LedgerEntry()).Add(events);
        }
    }

    /// <summary>The totals that the log does not have yet.</summary>
    internal List<GatewayAccount> Unreported()
    {
        var accounts = new List<GatewayAccount>();
        foreach (var (key, entry) in _entries)
        {
            if (entry.Acknowledged != entry.Confirmed)
            {
                accounts.Add(new GatewayAccount(key.ProjectId, key.MinuteMicros, entry.Acknowledged));
            }
        }

        return accounts;
    }

    /// <summary>The log has these totals.</summary>
    internal void Confirm(IReadOnlyList<GatewayAccount> accounts)
    {
        foreach (var account in accounts)
        {
            if (_entries.TryGetValue((account.ProjectId, account.MinuteMicros), out var entry))
            {
                entry.Confirm(account.Acknowledged);
            }
        }
    }

    /// <summary>Forgets confirmed minutes that no request can add to any more.</summary>
    internal void Forget(long nowMicros)
    {
        var retention = _entries.Count > MaxEntries ? CrowdedRetention : Retention;
        var oldest = nowMicros - UnixMicros.PerMinute - (long)retention.TotalMicroseconds;
        foreach (var (key, entry) in _entries)
        {
            if (key.MinuteMicros < oldest && entry.Acknowledged == entry.Confirmed)
            {
                _entries.TryRemove(key, out _);
            }
        }
    }
}
