using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Pipeline.Schemas.Wire;

/// <summary>A forward-only reader over one Protobuf message that hands out offsets instead of objects.</summary>
/// <remarks>
/// No method throws on bad input: <see cref="TryReadField"/> returns false at the end and on damage, and <see cref="IsDamaged"/> tells which.
/// Offsets are relative to the span given at construction, so a caller can slice the memory behind it.
/// </remarks>
public ref struct ProtoReader
{
    private readonly ReadOnlySpan<byte> _message;
    private int _position;

    /// <summary>Starts at the first byte.</summary>
    public ProtoReader(ReadOnlySpan<byte> message) => _message = message;

    /// <summary>Field number of the last field read.</summary>
    public int FieldNumber { get; private set; }

    /// <summary>Wire type of the last field read.</summary>
    public ProtoWireType WireType { get; private set; }

    /// <summary>Value of the last varint, fixed32 or fixed64 field.</summary>
    public ulong Number { get; private set; }

    /// <summary>Where the tag of the last field starts.</summary>
    public int FieldStart { get; private set; }

    /// <summary>Where the value of the last length-prefixed field starts.</summary>
    public int ValueStart { get; private set; }

    /// <summary>Length in bytes of the last length-prefixed field.</summary>
    public int ValueLength { get; private set; }

    /// <summary>Whether reading stopped because the bytes are not a Protobuf message.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>Offset behind the last field read.</summary>
    public readonly int Position => _position;

    /// <summary>Bytes of the last length-prefixed field.</summary>
    public readonly ReadOnlySpan<byte> Value => _message.Slice(ValueStart, ValueLength);

    /// <summary>Reads the next field whole.</summary>
    /// <returns>False at the end of the message or when it is damaged.</returns>
    public bool TryReadField()
    {
        if (_position >= _message.Length || IsDamaged)
        {
            return false;
        }

        FieldStart = _position;
        if (!TryReadVarint(out var tag) || tag > uint.MaxValue)
        {
            return Damaged();
        }

        FieldNumber = (int)(tag >> 3);
        WireType = (ProtoWireType)(int)(tag & 7);
        if (FieldNumber == 0)
        {
            return Damaged();
        }

        switch (WireType)
        {
            case ProtoWireType.Varint:
                if (!TryReadVarint(out var number))
                {
                    return Damaged();
                }

                Number = number;
                return true;
            case ProtoWireType.Fixed64:
                if (_message.Length - _position < 8)
                {
                    return Damaged();
                }

                Number = BinaryPrimitives.ReadUInt64LittleEndian(_message[_position..]);
                _position += 8;
                return true;
            case ProtoWireType.Fixed32:
                if (_message.Length - _position < 4)
                {
                    return Damaged();
                }

                Number = BinaryPrimitives.ReadUInt32LittleEndian(_message[_position..]);
                _position += 4;
                return true;
            case ProtoWireType.Bytes:
                if (!TryReadVarint(out var length) || length > (ulong)(_message.Length - _position))
                {
                    return Damaged();
                }

                ValueStart = _position;
                ValueLength = (int)length;
                _position += ValueLength;
                return true;
            default:
                return Damaged();
        }
    }

    // Tags and lengths are mostly one byte; the rest is kept out of the inlined part.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryReadVarint(out ulong value)
    {
        if (_position < _message.Length && _message[_position] < 0x80)
        {
            value = _message[_position++];
            return true;
        }

        return TryReadLongVarint(out value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryReadLongVarint(out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (_position >= _message.Length)
            {
                return false;
            }

            var next = _message[_position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return true;
            }
        }

        return false;
    }

    private bool Damaged()
    {
        IsDamaged = true;
        return false;
    }
}
