namespace Pipeline.Gateway.Accounting;

/// <summary>One project and minute: the running total and how much of it the log has.</summary>
internal sealed class LedgerEntry
{
    private long _acknowledged;
    private long _confirmed;

    internal long Acknowledged => Volatile.Read(ref _acknowledged);

    internal long Confirmed => Volatile.Read(ref _confirmed);

    internal void Add(int events) => Interlocked.Add(ref _acknowledged, events);

    internal void Confirm(long total) => Volatile.Write(ref _confirmed, total);
}
