namespace Pipeline.Gateway.Publishing;

/// <summary>What the appends of requests say about the log: a cluster can answer questions and still confirm nothing.</summary>
/// <remarks>
/// Thread-safe. Several failures in a row count, for one alone may be one partition's moment. They are forgotten after a while: a gateway
/// that gets no requests because it is not ready would otherwise never learn that the log is back.
/// </remarks>
internal sealed class AppendHealth(TimeProvider clock)
{
    private const int FailuresInARow = 3;

    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(10);

    private int _failures;
    private long _lastFailure;

    /// <summary>Whether the last appends failed.</summary>
    internal bool AreFailing => Volatile.Read(ref _failures) >= FailuresInARow && clock.GetElapsedTime(Volatile.Read(ref _lastFailure)) < Memory;

    internal void Confirmed()
    {
        // Read first: a write for every record would pass the cache line from core to core.
        if (Volatile.Read(ref _failures) != 0)
        {
            Volatile.Write(ref _failures, 0);
        }
    }

    internal void NotConfirmed()
    {
        Volatile.Write(ref _lastFailure, clock.GetTimestamp());
        Interlocked.Increment(ref _failures);
    }
}
