using Pipeline.Consumers.Converting.Text;
using Pipeline.Schemas;
using Pipeline.Schemas.Text;
using Pipeline.Schemas.Wire;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>One OTLP AnyValue: a slice of the payload, or a number.</summary>
/// <param name="Kind">Which member is set.</param>
/// <param name="Number">Bits of a bool, int or double.</param>
/// <param name="Bytes">Content of the others; valid UTF-8 for a string.</param>
internal readonly record struct OtlpValue(OtlpValueKind Kind, ulong Number, ReadOnlyMemory<byte> Bytes)
{
    private static readonly Utf8Text True = Utf8Text.From("true");
    private static readonly Utf8Text False = Utf8Text.From("false");

    internal bool IsString => Kind == OtlpValueKind.String;

    /// <summary>Whether JavaScript would take the value for true; what the contract's "first non-empty" means.</summary>
    internal bool IsTruthy => Kind switch
    {
        OtlpValueKind.None => false,
        OtlpValueKind.String => !Bytes.IsEmpty,
        OtlpValueKind.Bool or OtlpValueKind.Int => Number != 0,
        OtlpValueKind.Double => BitConverter.UInt64BitsToDouble(Number) != 0,
        _ => true,
    };

    /// <summary>Reads an AnyValue message; of several members the last counts, as Protobuf says.</summary>
    internal static OtlpValue Read(ReadOnlyMemory<byte> message)
    {
        var value = default(OtlpValue);
        var reader = new ProtoReader(message.Span);
        while (reader.TryReadField())
        {
            var kind = (OtlpValueKind)Math.Min(reader.FieldNumber, byte.MaxValue);
            switch (kind, reader.WireType)
            {
                case (OtlpValueKind.String, ProtoWireType.Bytes):
                    value = new OtlpValue(kind, 0, Utf8Repair.Of(message.Slice(reader.ValueStart, reader.ValueLength)).Bytes);
                    break;
                case (OtlpValueKind.Array or OtlpValueKind.KeyValueList or OtlpValueKind.Bytes, ProtoWireType.Bytes):
                    value = new OtlpValue(kind, 0, message.Slice(reader.ValueStart, reader.ValueLength));
                    break;
                case (OtlpValueKind.Bool or OtlpValueKind.Int, ProtoWireType.Varint) or (OtlpValueKind.Double, ProtoWireType.Fixed64):
                    value = new OtlpValue(kind, reader.Number, default);
                    break;
                default:
                    break;
            }
        }

        return value;
    }

    /// <summary>A string as it is, anything else as JSON text.</summary>
    internal Utf8Text ToText(ConversionContext context)
    {
        switch (Kind)
        {
            case OtlpValueKind.String:
                return new Utf8Text(Bytes);
            case OtlpValueKind.Bool:
                return Number != 0 ? True : False;
            case OtlpValueKind.None:
                return Utf8Text.Empty;
            default:
                var json = context.ValueJson;
                json.Clear();
                OtlpJson.Write(json, this);
                return json.CopyTo(context.Arena);
        }
    }

    /// <summary>A count of tokens, also when written as text or as a double without fraction.</summary>
    internal bool TryCount(out ulong count)
    {
        count = Number;
        switch (Kind)
        {
            case OtlpValueKind.Int:
                return (long)Number >= 0;
            case OtlpValueKind.String:
                return JsonNumbers.TryCount(Bytes.Span, out count);
            case OtlpValueKind.Double:
                var number = BitConverter.UInt64BitsToDouble(Number);
                count = number is >= 0 and < ulong.MaxValue ? (ulong)number : 0;
                return number is >= 0 and < ulong.MaxValue && Math.Floor(number) == number;
            default:
                return false;
        }
    }

    /// <summary>A finite number, also when written as text.</summary>
    internal bool TryNumber(out double number)
    {
        number = Kind switch
        {
            OtlpValueKind.Int => (long)Number,
            OtlpValueKind.Double => BitConverter.UInt64BitsToDouble(Number),
            OtlpValueKind.String when JsonNumbers.TryNumber(Bytes.Span, out var parsed) => parsed,
            _ => double.NaN,
        };
        return double.IsFinite(number);
    }
}
