using System.Buffers.Binary;
using System.Text;

namespace Pipeline.Schemas.Wire;

/// <summary>Writes Protobuf fields into a span whose size the caller computed with the <c>SizeOf…</c> functions.</summary>
public ref struct ProtoWriter
{
    private readonly Span<byte> _destination;
    private int _position;

    /// <summary>Starts at the first byte of the destination.</summary>
    public ProtoWriter(Span<byte> destination) => _destination = destination;

    /// <summary>Bytes written so far.</summary>
    public readonly int Written => _position;

    /// <summary>Size of a varint.</summary>
    public static int SizeOfVarint(ulong value) => (70 - System.Numerics.BitOperations.LeadingZeroCount(value | 1)) / 7;

    /// <summary>Size of a varint field with its tag; 0 for the default value, which is not written.</summary>
    public static int SizeOfNumber(int field, ulong value) => value == 0 ? 0 : SizeOfTag(field) + SizeOfVarint(value);

    /// <summary>Size of a length-prefixed field with its tag; 0 when empty, which is not written.</summary>
    public static int SizeOfBytes(int field, int length) => length == 0 ? 0 : SizeOfMessage(field, length);

    /// <summary>Size of a length-prefixed field with its tag, written even when empty.</summary>
    public static int SizeOfMessage(int field, int length) => SizeOfTag(field) + SizeOfVarint((ulong)length) + length;

    /// <summary>Size of a string field with its tag; 0 when empty.</summary>
    public static int SizeOfString(int field, string text) => SizeOfBytes(field, Encoding.UTF8.GetByteCount(text));

    /// <summary>Writes a varint field unless it is 0.</summary>
    public void WriteNumber(int field, ulong value)
    {
        if (value != 0)
        {
            WriteTag(field, ProtoWireType.Varint);
            WriteVarint(value);
        }
    }

    /// <summary>Writes a fixed64 field, also when it is 0.</summary>
    public void WriteFixed64(int field, ulong value)
    {
        WriteTag(field, ProtoWireType.Fixed64);
        BinaryPrimitives.WriteUInt64LittleEndian(_destination[_position..], value);
        _position += 8;
    }

    /// <summary>Writes a bytes field unless it is empty.</summary>
    public void WriteBytes(int field, scoped ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty)
        {
            WriteMessageHeader(field, value.Length);
            WriteRaw(value);
        }
    }

    /// <summary>Writes a string field unless it is empty.</summary>
    public void WriteString(int field, string text)
    {
        if (text.Length > 0)
        {
            WriteMessageHeader(field, Encoding.UTF8.GetByteCount(text));
            _position += Encoding.UTF8.GetBytes(text, _destination[_position..]);
        }
    }

    /// <summary>Writes tag and length of a nested message whose bytes follow.</summary>
    public void WriteMessageHeader(int field, int length)
    {
        WriteTag(field, ProtoWireType.Bytes);
        WriteVarint((ulong)length);
    }

    /// <summary>Writes bytes as they are: an already encoded field or the inside of a message.</summary>
    public void WriteRaw(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_destination[_position..]);
        _position += bytes.Length;
    }

    private static int SizeOfTag(int field) => SizeOfVarint((ulong)(uint)field << 3);

    private void WriteTag(int field, ProtoWireType wireType) => WriteVarint(((ulong)(uint)field << 3) | (uint)wireType);

    private void WriteVarint(ulong value)
    {
        while (value >= 0x80)
        {
            _destination[_position++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _destination[_position++] = (byte)value;
    }
}
