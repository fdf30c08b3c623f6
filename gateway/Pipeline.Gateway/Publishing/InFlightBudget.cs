namespace Pipeline.Gateway.Publishing;

/// <summary>Bounds the bytes of all requests between the first byte received and the answer, so that a dead log cannot fill the memory.</summary>
/// <remarks>Thread-safe, without waiting: a request that does not fit is refused at once, which costs the client a retry and us nothing.</remarks>
internal sealed class InFlightBudget
{
    private readonly long _capacity;
    private long _used;

    internal InFlightBudget(long capacityBytes) => _capacity = capacityBytes;

    /// <summary>Bytes reserved now.</summary>
    internal long Used => Volatile.Read(ref _used);

    /// <summary>Reserves bytes; false when they do not fit.</summary>
    internal bool TryReserve(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= _capacity)
        {
            return true;
        }

        Interlocked.Add(ref _used, -bytes);
        return false;
    }

    /// <summary>Gives reserved bytes back.</summary>
    internal void Release(long bytes) => Interlocked.Add(ref _used, -bytes);
}
