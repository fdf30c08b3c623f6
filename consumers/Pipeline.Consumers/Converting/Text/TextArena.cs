using Pipeline.Schemas;

namespace Pipeline.Consumers.Converting.Text;

/// <summary>Hands out memory for the texts of one record that are not slices of its payload.</summary>
/// <remarks>
/// Chunks are never reused: states keep them alive as they keep the payload alive, and both go when the batch goes. Not thread-safe.
/// </remarks>
internal sealed class TextArena
{
    // Below the large object limit of 85,000 bytes, and large enough that a 50-span record needs a handful.
    private const int ChunkSize = 32 * 1024;

    private byte[] _chunk = [];
    private int _used;

    internal Memory<byte> Take(int length)
    {
        if (length > ChunkSize / 4)
        {
            return GC.AllocateUninitializedArray<byte>(length);
        }

        if (_chunk.Length - _used < length)
        {
            _chunk = GC.AllocateUninitializedArray<byte>(ChunkSize);
            _used = 0;
        }

        var memory = _chunk.AsMemory(_used, length);
        _used += length;
        return memory;
    }

    /// <summary>Gives back the end of the last piece taken, when it turned out shorter.</summary>
    internal Memory<byte> Trim(Memory<byte> taken, int length)
    {
        if (taken.Length <= ChunkSize / 4)
        {
            _used -= taken.Length - length;
        }

        return taken[..length];
    }

    internal Utf8Text Copy(scoped ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
        {
            return Utf8Text.Empty;
        }

        var memory = Take(utf8.Length);
        utf8.CopyTo(memory.Span);
        return new Utf8Text(memory);
    }
}
