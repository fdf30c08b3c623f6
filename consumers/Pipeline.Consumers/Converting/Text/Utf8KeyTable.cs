using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Pipeline.Consumers.Converting.Text;

/// <summary>A fixed set of UTF-8 keys, each with a number; one hash and one comparison per look-up, no strings.</summary>
/// <remarks>Immutable and thread-safe. Keys are code, not input, so the hash need not resist crafted collisions.</remarks>
internal sealed class Utf8KeyTable
{
    private readonly byte[]?[] _keys;
    private readonly int[] _values;
    private readonly int _mask;

    internal Utf8KeyTable(IEnumerable<(string Key, int Value)> entries)
    {
        var list = entries.ToList();

        // A quarter full: an unknown key, the most frequent kind, mostly meets an empty slot.
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, list.Count * 4));
        _keys = new byte[]?[size];
        _values = new int[size];
        _mask = size - 1;
        foreach (var (key, value) in list)
        {
            var bytes = Encoding.UTF8.GetBytes(key);
            var slot = HashOf(bytes) & _mask;
            while (_keys[slot] is not null)
            {
                slot = (slot + 1) & _mask;
            }

            _keys[slot] = bytes;
            _values[slot] = value;
        }
    }

    /// <summary>The number of a key, or -1.</summary>
    internal int Find(ReadOnlySpan<byte> key)
    {
        var slot = HashOf(key) & _mask;
        while (_keys[slot] is { } candidate)
        {
            if (key.SequenceEqual(candidate))
            {
                return _values[slot];
            }

            slot = (slot + 1) & _mask;
        }

        return -1;
    }

    private static int HashOf(ReadOnlySpan<byte> key)
    {
        ulong hash = (uint)key.Length;
        if (key.Length >= 8)
        {
            hash = (hash * 0x9E3779B97F4A7C15UL) ^ BinaryPrimitives.ReadUInt64LittleEndian(key);
            hash = (hash * 0x9E3779B97F4A7C15UL) ^ BinaryPrimitives.ReadUInt64LittleEndian(key[(key.Length / 2 - 4)..]);
            hash = (hash * 0x9E3779B97F4A7C15UL) ^ BinaryPrimitives.ReadUInt64LittleEndian(key[^8..]);
        }
        else
        {
            foreach (var value in key)
            {
                hash = (hash * 31) + value;
            }
        }

        return (int)((hash * 0x9E3779B97F4A7C15UL) >> 40);
    }
}
