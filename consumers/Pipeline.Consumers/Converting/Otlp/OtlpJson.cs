using Pipeline.Consumers.Converting.Text;
using Pipeline.Schemas;
using Pipeline.Schemas.Text;
using Pipeline.Schemas.Wire;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>Writes OTLP values as JSON: lists as arrays, key-value lists as objects, bytes as base64.</summary>
internal static class OtlpJson
{
    /// <summary>Deeper values are written as null: a crafted message must not exhaust the stack.</summary>
    private const int MaxDepth = 128;

    private const int KeyField = 1;
    private const int ValueField = 2;
    private const int ElementField = 1;

    internal static void Write(JsonBuffer json, in OtlpValue value) => Write(json, value, 0);

    private static void Write(JsonBuffer json, in OtlpValue value, int depth)
    {
        switch (value.Kind)
        {
            case OtlpValueKind.String:
                json.String(value.Bytes.Span);
                break;
            case OtlpValueKind.Bool:
                json.Raw(value.Number != 0 ? "true"u8 : "false"u8);
                break;
            case OtlpValueKind.Int:
                json.Number((long)value.Number);
                break;
            case OtlpValueKind.Double:
                json.Number(BitConverter.UInt64BitsToDouble(value.Number));
                break;
            case OtlpValueKind.Bytes:
                json.Base64String(value.Bytes.Span);
                break;
            case OtlpValueKind.Array when depth < MaxDepth:
                WriteArray(json, value.Bytes, depth);
                break;
            case OtlpValueKind.KeyValueList when depth < MaxDepth:
                WriteObject(json, value.Bytes, depth);
                break;
            default:
                json.Raw("null"u8);
                break;
        }
    }

    private static void WriteArray(JsonBuffer json, ReadOnlyMemory<byte> list, int depth)
    {
        json.Raw((byte)'[');
        var reader = new ProtoReader(list.Span);
        while (reader.TryReadField())
        {
            if (reader.FieldNumber == ElementField && reader.WireType == ProtoWireType.Bytes)
            {
                json.Separate();
                Write(json, OtlpValue.Read(list.Slice(reader.ValueStart, reader.ValueLength)), depth + 1);
            }
        }

        json.Raw((byte)']');
    }

    private static void WriteObject(JsonBuffer json, ReadOnlyMemory<byte> list, int depth)
    {
        json.Raw((byte)'{');
        var reader = new ProtoReader(list.Span);
        while (reader.TryReadField())
        {
            if (reader.FieldNumber == ElementField && reader.WireType == ProtoWireType.Bytes)
            {
                ReadPair(list.Slice(reader.ValueStart, reader.ValueLength), out var key, out var value);
                json.Name(key.Span);
                Write(json, value, depth + 1);
            }
        }

        json.Raw((byte)'}');
    }

    /// <summary>Reads a KeyValue message.</summary>
    internal static void ReadPair(ReadOnlyMemory<byte> message, out Utf8Text key, out OtlpValue value)
    {
        key = default;
        value = default;
        var reader = new ProtoReader(message.Span);
        while (reader.TryReadField())
        {
            if (reader.WireType != ProtoWireType.Bytes)
            {
                continue;
            }

            var content = message.Slice(reader.ValueStart, reader.ValueLength);
            if (reader.FieldNumber == KeyField)
            {
                key = Utf8Repair.Of(content);
            }
            else if (reader.FieldNumber == ValueField)
            {
                value = OtlpValue.Read(content);
            }
        }
    }
}
