using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pipeline.Storage.ClickHouse.Native;

/// <summary>Compresses one LZ4 block in a single greedy pass (LZ4 block format description, lz4/doc/lz4_Block_format.md).</summary>
/// <remarks>
/// Our own because a managed encoder needs no native library in the embedded tier and writes straight into pooled buffers. Speed before ratio:
/// one hash probe per position, and steps that grow while nothing matches, so that incompressible bytes cost little.
/// </remarks>
internal static class Lz4Block
{
    /// <summary>Slots of the hash table a caller provides; 16,384 positions stay in the first-level cache.</summary>
    internal const int TableSize = 1 << TableBits;

    private const int TableBits = 14;
    private const int MinMatch = 4;
    private const int MaxOffset = 65_535;

    // The format wants the last five bytes as literals and no match to start within the last twelve.
    private const int LastLiterals = 5;
    private const int MatchStartLimit = 12;
    private const int SkipShift = 6;

    /// <summary>Bytes a block of that size can need at most.</summary>
    internal static int MaxCompressedLength(int length) => length + (length / 255) + 16;

    /// <summary>Compresses the whole source; the destination must hold <see cref="MaxCompressedLength"/> bytes.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="table">Scratch of <see cref="TableSize"/> slots; cleared here.</param>
    /// <returns>Bytes written.</returns>
    internal static int Compress(ReadOnlySpan<byte> source, Span<byte> destination, Span<int> table)
    {
        table.Clear();
        ref var input = ref MemoryMarshal.GetReference(source);
        ref var output = ref MemoryMarshal.GetReference(destination);
        ref var slots = ref MemoryMarshal.GetReference(table);
        var written = 0;
        var anchor = 0;
        var position = 1;
        var lastMatchStart = source.Length - MatchStartLimit;
        var matchLimit = source.Length - LastLiterals;

        while (position <= lastMatchStart)
        {
            var candidate = 0;
            var probes = 1 << SkipShift;
            var isMatch = false;
            while (position <= lastMatchStart)
            {
                var sequence = Read32(ref input, position);
                ref var slot = ref Unsafe.Add(ref slots, (int)((sequence * 2654435761U) >> (32 - TableBits)));
                candidate = slot;
                slot = position;
                if (position - candidate <= MaxOffset && Read32(ref input, candidate) == sequence && candidate < position)
                {
                    isMatch = true;
                    break;
                }

                position += probes++ >> SkipShift;
            }

            if (!isMatch)
            {
                break;
            }

            while (position > anchor && candidate > 0 && Unsafe.Add(ref input, position - 1) == Unsafe.Add(ref input, candidate - 1))
            {
                position--;
                candidate--;
            }

            var matched = MinMatch + MatchLength(ref input, candidate + MinMatch, position + MinMatch, matchLimit);
            written = WriteSequence(ref output, written, ref Unsafe.Add(ref input, anchor), position - anchor, position - candidate, matched);
            position += matched;
            anchor = position;
        }

        return WriteLastLiterals(ref output, written, ref Unsafe.Add(ref input, anchor), source.Length - anchor);
    }

    private static uint Read32(ref byte input, int position) => Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref input, position));

    private static int MatchLength(ref byte input, int left, int right, int limit)
    {
        var start = right;
        while (right + 8 <= limit)
        {
            var difference = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref input, left)) ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref input, right));
            if (difference != 0)
            {
                return right - start + (BitOperations.TrailingZeroCount(difference) >> 3);
            }

            left += 8;
            right += 8;
        }

        while (right < limit && Unsafe.Add(ref input, left) == Unsafe.Add(ref input, right))
        {
            left++;
            right++;
        }

        return right - start;
    }

    private static int WriteSequence(ref byte output, int written, ref byte literals, int literalLength, int offset, int matchLength)
    {
        var token = written++;
        var extraMatch = matchLength - MinMatch;
        Unsafe.Add(ref output, token) = (byte)((Math.Min(literalLength, 15) << 4) | Math.Min(extraMatch, 15));
        written = WriteLength(ref output, written, literalLength);
        Unsafe.CopyBlockUnaligned(ref Unsafe.Add(ref output, written), ref literals, (uint)literalLength);
        written += literalLength;
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref output, written), (ushort)offset);
        return WriteLength(ref output, written + 2, extraMatch);
    }

    private static int WriteLastLiterals(ref byte output, int written, ref byte literals, int literalLength)
    {
        Unsafe.Add(ref output, written++) = (byte)(Math.Min(literalLength, 15) << 4);
        written = WriteLength(ref output, written, literalLength);
        Unsafe.CopyBlockUnaligned(ref Unsafe.Add(ref output, written), ref literals, (uint)literalLength);
        return written + literalLength;
    }

    private static int WriteLength(ref byte output, int written, int length)
    {
        if (length < 15)
        {
            return written;
        }

        var rest = length - 15;
        while (rest >= 255)
        {
            Unsafe.Add(ref output, written++) = 255;
            rest -= 255;
        }

        Unsafe.Add(ref output, written++) = (byte)rest;
        return written;
    }
}
