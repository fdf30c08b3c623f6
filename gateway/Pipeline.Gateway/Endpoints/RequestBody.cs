using System.Buffers;
using Pipeline.Gateway.Publishing;

namespace Pipeline.Gateway.Endpoints;

/// <summary>The bytes of one request's body in a pooled array, charged to the budget of bytes in flight.</summary>
/// <remarks>One owner, not thread-safe. <see cref="Dispose"/> gives array and budget back; the bytes must not be used after it.</remarks>
internal sealed class RequestBody : IDisposable
{
    private readonly InFlightBudget _budget;
    private byte[] _array = [];
    private int _reserved;

    internal RequestBody(InFlightBudget budget) => _budget = budget;

    /// <summary>The bytes received so far, or the decompressed content once the body is read.</summary>
    internal ReadOnlyMemory<byte> Bytes => _array.AsMemory(0, Length);

    /// <summary>Number of bytes.</summary>
    internal int Length { get; private set; }

    /// <summary>Bytes for which there is room.</summary>
    internal int Capacity => _reserved;

    /// <summary>Whether bytes that were not text were replaced.</summary>
    internal bool WasRepaired { get; set; }

    /// <summary>Makes room for the given total; false when the budget refuses.</summary>
    internal bool TryEnsureCapacity(int capacity)
    {
        if (capacity <= _reserved)
        {
            return true;
        }

        if (!_budget.TryReserve(capacity - _reserved))
        {
            return false;
        }

        _reserved = capacity;
        if (capacity > _array.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(capacity);
            Bytes.CopyTo(larger);
            Return(_array);
            _array = larger;
        }

        return true;
    }

    /// <summary>Appends bytes for which there is room.</summary>
    internal void Append(in ReadOnlySequence<byte> bytes)
    {
        bytes.CopyTo(_array.AsSpan(Length));
        Length += (int)bytes.Length;
    }

    /// <summary>Replaces the content with an array rented from the shared pool, whose bytes are already reserved.</summary>
    internal void Replace(byte[] rented, int length)
    {
        Return(_array);
        _budget.Release(_reserved);
        _array = rented;
        _reserved = length;
        Length = length;
    }

    public void Dispose()
    {
        Return(_array);
        _budget.Release(_reserved);
        _array = [];
        _reserved = 0;
        Length = 0;
    }

    private static void Return(byte[] array)
    {
        if (array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
