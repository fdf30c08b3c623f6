using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pipeline.Storage.ClickHouse.Native;

/// <summary>Writes the primitives of ClickHouse's Native format: little-endian numbers, and text behind a varint length.</summary>
internal readonly struct NativeWriter(Lz4FrameWriter frame)
{
    private const int MaxVarintSize = 10;

    internal void WriteVarint(ulong value)
    {
        var room = frame.GetSpan(MaxVarintSize);
        var written = 0;
        while (value >= 0x80)
        {
            room[written++] = (byte)(value | 0x80);
            value >>= 7;
        }

        room[written++] = (byte)value;
        frame.Advance(written);
    }

    internal void WriteText(ReadOnlySpan<byte> utf8)
    {
        WriteVarint((ulong)utf8.Length);
        frame.Write(utf8);
    }

    internal void WriteText(string text) => WriteText(System.Text.Encoding.UTF8.GetBytes(text));

    internal void WriteByte(byte value)
    {
        frame.GetSpan(1)[0] = value;
        frame.Advance(1);
    }

    internal void WriteUInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(frame.GetSpan(sizeof(ushort)), value);
        frame.Advance(sizeof(ushort));
    }

    internal void WriteUInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(frame.GetSpan(sizeof(uint)), value);
        frame.Advance(sizeof(uint));
    }

    internal void WriteUInt64(ulong value)
    {
        Unsafe.WriteUnaligned(ref MemoryMarshal.GetReference(frame.GetSpan(sizeof(ulong))), value);
        frame.Advance(sizeof(ulong));
    }

    internal void WriteInt64(long value) => WriteUInt64((ulong)value);

    internal void WriteDouble(double value) => WriteUInt64(BitConverter.DoubleToUInt64Bits(value));

    /// <summary>A UUID column holds two 64-bit halves, the high one first, each little endian.</summary>
    internal void WriteGuid(Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        WriteUInt64(BinaryPrimitives.ReadUInt64BigEndian(bytes));
        WriteUInt64(BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
    }
}
