using System.Buffers;
using System.Buffers.Binary;
using Pipeline.Schemas.Wire;

namespace Pipeline.Gateway.Admission;

/// <summary>A Protobuf message under construction whose nested lengths are not known in advance.</summary>
/// <remarks>
/// A nested message gets a length of four varint bytes, filled in when it ends: longer than needed, which every Protobuf reader accepts, and
/// nothing has to be moved.
/// </remarks>
internal sealed class GrowingMessage(int sizeHint)
{
    private const int LengthSize = 4;
    private const int MaxVarintSize = 10;

    private readonly ArrayBufferWriter<byte> _buffer = new(sizeHint);
    private readonly List<(int Start, int Length)> _lengths = [];

    internal int StartMessage(int field)
    {
        WriteVarint(((ulong)(uint)field << 3) | (uint)ProtoWireType.Bytes);
        _lengths.Add((_buffer.WrittenCount, 0));
        _buffer.GetSpan(LengthSize)[..LengthSize].Clear();
        _buffer.Advance(LengthSize);
        return _lengths.Count - 1;
    }

    internal void EndMessage(int mark) => _lengths[mark] = (_lengths[mark].Start, _buffer.WrittenCount - _lengths[mark].Start - LengthSize);

    internal void WriteBytes(int field, ReadOnlySpan<byte> value)
    {
        WriteVarint(((ulong)(uint)field << 3) | (uint)ProtoWireType.Bytes);
        WriteVarint((ulong)value.Length);
        _buffer.Write(value);
    }

    internal void WriteNumber(int field, ulong value)
    {
        WriteVarint(((ulong)(uint)field << 3) | (uint)ProtoWireType.Varint);
        WriteVarint(value);
    }

    internal void WriteFixed64(int field, ulong value)
    {
        WriteVarint(((ulong)(uint)field << 3) | (uint)ProtoWireType.Fixed64);
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.GetSpan(sizeof(ulong)), value);
        _buffer.Advance(sizeof(ulong));
    }

    internal void WriteFixed32(int field, uint value)
    {
        WriteVarint(((ulong)(uint)field << 3) | (uint)ProtoWireType.Fixed32);
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.GetSpan(sizeof(uint)), value);
        _buffer.Advance(sizeof(uint));
    }

    /// <summary>The finished message.</summary>
    internal byte[] ToArray()
    {
        var message = _buffer.WrittenSpan.ToArray();
        foreach (var (start, length) in _lengths)
        {
            var rest = (uint)length;
            for (var i = 0; i < LengthSize; i++)
            {
                message[start + i] = (byte)((rest & 0x7F) | (i < LengthSize - 1 ? 0x80u : 0));
                rest >>= 7;
            }
        }

        return message;
    }

    private void WriteVarint(ulong value)
    {
        var room = _buffer.GetSpan(MaxVarintSize);
        var written = 0;
        while (value >= 0x80)
        {
            room[written++] = (byte)(value | 0x80);
            value >>= 7;
        }

        room[written++] = (byte)value;
        _buffer.Advance(written);
    }
}
