using System.Buffers;
using System.Buffers.Binary;
using Pipeline.Schemas.Wire;

namespace Pipeline.Gateway.Admission;

/// <summary>A Protobuf message under construction, in a pooled array, whose nested lengths are not known in advance.</summary>
/// <remarks>
/// A nested message gets five bytes for its length. When it ends below 128 bytes, as attributes do, it is moved up to a length of one byte;
/// else the length is written longer than needed, which every Protobuf reader accepts, and nothing large has to be moved.
/// Not thread-safe; one owner.
/// </remarks>
internal sealed class GrowingMessage : IDisposable
{
    private const int LengthSize = 5;
    private const int MaxVarintSize = 10;

    private byte[] _array;
    private int _written;

    internal GrowingMessage(int sizeHint) => _array = ArrayPool<byte>.Shared.Rent(Math.Max(sizeHint, 256));

    /// <summary>What is written; valid until the array goes back.</summary>
    internal ReadOnlyMemory<byte> Written => _array.AsMemory(0, _written);

    public void Dispose()
    {
        if (_array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(Detach());
        }
    }

    /// <summary>Takes the array out; whoever has it gives it back.</summary>
    internal byte[] Detach()
    {
        var array = _array;
        _array = [];
        _written = 0;
        return array;
    }

    /// <summary>Starts a nested message; the mark ends it.</summary>
    internal int StartMessage(int field)
    {
        WriteTag(field, ProtoWireType.Bytes);
        Ensure(LengthSize);
        _written += LengthSize;
        return _written;
    }

    internal void EndMessage(int mark)
    {
        var length = _written - mark;
        if (length < 0x80)
        {
            _array.AsSpan(mark, length).CopyTo(_array.AsSpan(mark - LengthSize + 1));
            _array[mark - LengthSize] = (byte)length;
            _written -= LengthSize - 1;
            return;
        }

        var rest = (uint)length;
        for (var i = 0; i < LengthSize; i++)
        {
            _array[mark - LengthSize + i] = (byte)((rest & 0x7F) | (i < LengthSize - 1 ? 0x80u : 0));
            rest >>= 7;
        }
    }

    internal void WriteBytes(int field, ReadOnlySpan<byte> value)
    {
        WriteTag(field, ProtoWireType.Bytes);
        WriteVarint((ulong)value.Length);
        value.CopyTo(Take(value.Length));
    }

    internal void WriteNumber(int field, ulong value)
    {
        WriteTag(field, ProtoWireType.Varint);
        WriteVarint(value);
    }

    internal void WriteFixed64(int field, ulong value)
    {
        WriteTag(field, ProtoWireType.Fixed64);
        BinaryPrimitives.WriteUInt64LittleEndian(Take(sizeof(ulong)), value);
    }

    internal void WriteFixed32(int field, uint value)
    {
        WriteTag(field, ProtoWireType.Fixed32);
        BinaryPrimitives.WriteUInt32LittleEndian(Take(sizeof(uint)), value);
    }

    private void WriteTag(int field, ProtoWireType wireType) => WriteVarint(((ulong)(uint)field << 3) | (uint)wireType);

    private void WriteVarint(ulong value)
    {
        Ensure(MaxVarintSize);
        while (value >= 0x80)
        {
            _array[_written++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _array[_written++] = (byte)value;
    }

    private Span<byte> Take(int length)
    {
        Ensure(length);
        var room = _array.AsSpan(_written, length);
        _written += length;
        return room;
    }

    private void Ensure(int length)
    {
        if (_array.Length - _written >= length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_written + length, _array.Length * 2));
        _array.AsSpan(0, _written).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_array);
        _array = larger;
    }
}
