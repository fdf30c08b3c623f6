using System.Numerics;
using System.Runtime.CompilerServices;

namespace Pipeline.Storage.ClickHouse.Native;

/// <summary>Compresses one LZ4 block in a single greedy pass (LZ4 block format description, lz4/doc/lz4_Block_format.md).</summary>
/// <remarks>
/// Our own because a managed encoder needs no native library in the embedded tier and writes straight into pooled buffers. Speed before ratio
/// (PrepareSpeedTests): one probe per position, a table within the first-level cache, copies of a fixed size that may write a little too
/// far, and steps that grow while nothing matches, so that incompressible bytes cost little.
/// </remarks>
internal static unsafe class Lz4Block
{
    /// <summary>Slots of the hash table a caller provides: 32 KiB, two thirds of the first-level cache.</summary>
    internal const int TableSize = 1 << TableBits;

    private const int TableBits = 13;
    private const int MinMatch = 4;
    private const int MaxOffset = 65_535;
    private const int LongLength = 15;

    private const int SkipShift = 6;

    // Short literals are copied sixteen bytes at a time whatever their length; what is written too far is overwritten next.
    private const int CopySize = 16;

    // The format wants the last five bytes as literals and no match to start within the last twelve. Sixteen also keep every read of a fixed
    // size inside the source.
    private const int LastLiterals = 5;
    private const int MatchStartLimit = CopySize;

    /// <summary>Bytes a block of that size can need at most, with the room that copies of a fixed size write into.</summary>
    internal static int MaxCompressedLength(int length) => length + (length / 255) + 16 + CopySize;

    /// <summary>Compresses the whole source.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="table">Scratch of <see cref="TableSize"/> slots; cleared here.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="ArgumentException">The destination holds less than <see cref="MaxCompressedLength"/> bytes, or the table is too small.</exception>
    internal static int Compress(ReadOnlySpan<byte> source, Span<byte> destination, Span<int> table)
    {
        if (destination.Length < MaxCompressedLength(source.Length) || table.Length < TableSize)
        {
            throw new ArgumentException("the destination or the table is smaller than the source needs", nameof(destination));
        }

        table[..TableSize].Clear();
        fixed (byte* input = source)
        fixed (byte* output = destination)
        fixed (int* slots = table)
        {
            var anchor = 0;
            var end = source.Length > MatchStartLimit + 1
                ? WriteSequences(input, source.Length, output, slots, ref anchor)
                : output;
            return (int)(WriteLiterals(end, input + anchor, source.Length - anchor, 0) - output);
        }
    }

    private static byte* WriteSequences(byte* input, int length, byte* output, int* slots, ref int anchor)
    {
        var matchStartLimit = length - MatchStartLimit;
        var matchEnd = input + length - LastLiterals;
        var position = 1;
        var slot = SlotOf(input + position);
        while (true)
        {
            int candidate;
            var probes = 1 << SkipShift;
            var next = position;
            do
            {
                position = next;
                next += probes++ >> SkipShift;
                if (next > matchStartLimit)
                {
                    return output;
                }

                candidate = slots[slot];
                slots[slot] = position;
                slot = SlotOf(input + next);
            }
            while (Read32(input + candidate) != Read32(input + position) || position - candidate > MaxOffset);

            while (position > anchor && candidate > 0 && input[position - 1] == input[candidate - 1])
            {
                position--;
                candidate--;
            }

            do
            {
                var extra = MatchLength(input + candidate + MinMatch, input + position + MinMatch, matchEnd);
                output = WriteSequence(output, input + anchor, position - anchor, position - candidate, extra);
                position += MinMatch + extra;
                anchor = position;
                if (position >= matchStartLimit)
                {
                    return output;
                }

                // Positions inside the match are passed over, but for one: repeats of the same text continue from there.
                slots[SlotOf(input + position - 2)] = position - 2;
                slot = SlotOf(input + position);
                candidate = slots[slot];
                slots[slot] = position;
            }
            while (Read32(input + candidate) == Read32(input + position) && position - candidate <= MaxOffset);

            slot = SlotOf(input + ++position);
        }
    }

    private static uint Read32(byte* at) => Unsafe.ReadUnaligned<uint>(at);

    // Five bytes rather than four: with text, fewer probes lead to matches that are hardly worth their token.
    private static int SlotOf(byte* at) => (int)(((Unsafe.ReadUnaligned<ulong>(at) << 24) * 0x9E3779B185EBCA87UL) >> (64 - TableBits));

    private static int MatchLength(byte* left, byte* right, byte* limit)
    {
        var start = right;
        while (right + sizeof(ulong) <= limit)
        {
            var difference = Unsafe.ReadUnaligned<ulong>(left) ^ Unsafe.ReadUnaligned<ulong>(right);
            if (difference != 0)
            {
                return (int)(right - start) + (BitOperations.TrailingZeroCount(difference) >> 3);
            }

            left += sizeof(ulong);
            right += sizeof(ulong);
        }

        while (right < limit && *left == *right)
        {
            left++;
            right++;
        }

        return (int)(right - start);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* WriteSequence(byte* output, byte* literals, int literalLength, int offset, int extraMatch)
    {
        if (literalLength < LongLength)
        {
            *output = (byte)((literalLength << 4) | Math.Min(extraMatch, LongLength));
            Unsafe.WriteUnaligned(output + 1, Unsafe.ReadUnaligned<Int128>(literals));
            output += 1 + literalLength;
        }
        else
        {
            output = WriteLiterals(output, literals, literalLength, Math.Min(extraMatch, LongLength));
        }

        Unsafe.WriteUnaligned(output, (ushort)offset);
        output += sizeof(ushort);
        return extraMatch < LongLength ? output : WriteLength(output, extraMatch - LongLength);
    }

    private static byte* WriteLiterals(byte* output, byte* literals, int length, int matchToken)
    {
        *output++ = (byte)((Math.Min(length, LongLength) << 4) | matchToken);
        if (length >= LongLength)
        {
            output = WriteLength(output, length - LongLength);
        }

        Unsafe.CopyBlockUnaligned(output, literals, (uint)length);
        return output + length;
    }

    private static byte* WriteLength(byte* output, int rest)
    {
        while (rest >= byte.MaxValue)
        {
            *output++ = byte.MaxValue;
            rest -= byte.MaxValue;
        }

        *output++ = (byte)rest;
        return output;
    }
}
