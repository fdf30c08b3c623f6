using System.Text;

namespace Pipeline.Consumers.Tests.Converting;

/// <summary>Writes a Protobuf message field by field; slow and plain.</summary>
internal sealed class ProtoMessage
{
    private readonly List<byte> _bytes = [];

    internal byte[] ToArray() => [.. _bytes];

    internal ProtoMessage Number(int field, ulong value)
    {
        Varint((ulong)(field << 3));
        Varint(value);
        return this;
    }

    internal ProtoMessage Fixed64(int field, ulong value)
    {
        Varint((ulong)(field << 3) | 1);
        _bytes.AddRange(BitConverter.GetBytes(value));
        return this;
    }

    internal ProtoMessage Bytes(int field, ReadOnlySpan<byte> value)
    {
        Varint((ulong)(field << 3) | 2);
        Varint((ulong)value.Length);
        _bytes.AddRange(value);
        return this;
    }

    internal ProtoMessage Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    internal ProtoMessage Message(int field, ProtoMessage value) => Bytes(field, value.ToArray());

    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            _bytes.Add((byte)(value | 0x80));
        }

        _bytes.Add((byte)value);
    }
}
