using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pipeline.Gateway.Endpoints;

/// <summary>CRC-32 as gzip uses it (polynomial 0xEDB88320, reflected).</summary>
/// <remarks>
/// The framework checks it only inside its gzip stream, which also accepts truncated bodies and trailing bytes. With carry-less
/// multiplication, 16 bytes fold in one step; what remains goes through the table, 8 bytes a step.
/// </remarks>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;
    private const int Slices = 8;

    private static readonly uint[] Table = CreateTable();

    /// <summary>The checksum of the bytes.</summary>
    internal static uint Of(ReadOnlySpan<byte> bytes) => Pclmulqdq.IsSupported && bytes.Length >= 64 ? ~Fold(bytes) : ~Update(uint.MaxValue, bytes);

    /// <summary>The checksum without the processor's help, for comparison.</summary>
    internal static uint OfByTable(ReadOnlySpan<byte> bytes) => ~Update(uint.MaxValue, bytes);

    private static uint Fold(ReadOnlySpan<byte> bytes)
    {
        // x^(128+64) and x^128 mod P, reflected: they carry the two halves of the remainder 16 bytes forward.
        var constants = Vector128.Create(0x01751997D0UL, 0x00CCAA009EUL);
        var blocks = MemoryMarshal.Cast<byte, Vector128<ulong>>(bytes);
        var remainder = blocks[0] ^ Vector128.Create(uint.MaxValue, 0UL);
        for (var index = 1; index < blocks.Length; index++)
        {
            remainder = Pclmulqdq.CarrylessMultiply(remainder, constants, 0x00) ^ Pclmulqdq.CarrylessMultiply(remainder, constants, 0x11) ^ blocks[index];
        }

        // The remainder is congruent to everything folded into it, so its own checksum from zero is the checksum so far.
        var crc = Update(0, MemoryMarshal.AsBytes(new ReadOnlySpan<Vector128<ulong>>(in remainder)));
        return Update(crc, bytes[(blocks.Length * 16)..]);
    }

    private static uint Update(uint crc, ReadOnlySpan<byte> bytes)
    {
        var table = Table;
        while (bytes.Length >= Slices)
        {
            var low = crc ^ MemoryMarshal.Read<uint>(bytes);
            var high = MemoryMarshal.Read<uint>(bytes[4..]);
            crc = table[(7 * 256) + (int)(low & 0xFF)] ^ table[(6 * 256) + (int)((low >> 8) & 0xFF)]
                ^ table[(5 * 256) + (int)((low >> 16) & 0xFF)] ^ table[(4 * 256) + (int)(low >> 24)]
                ^ table[(3 * 256) + (int)(high & 0xFF)] ^ table[(2 * 256) + (int)((high >> 8) & 0xFF)]
                ^ table[256 + (int)((high >> 16) & 0xFF)] ^ table[(int)(high >> 24)];
            bytes = bytes[Slices..];
        }

        foreach (var value in bytes)
        {
            crc = (crc >> 8) ^ table[(int)((crc ^ value) & 0xFF)];
        }

        return crc;
    }

    private static uint[] CreateTable()
    {
        var table = new uint[Slices * 256];
        for (uint value = 0; value < 256; value++)
        {
            var crc = value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ Polynomial : crc >> 1;
            }

            table[value] = crc;
        }

        for (var index = 256; index < table.Length; index++)
        {
            table[index] = (table[index - 256] >> 8) ^ table[table[index - 256] & 0xFF];
        }

        return table;
    }
}
