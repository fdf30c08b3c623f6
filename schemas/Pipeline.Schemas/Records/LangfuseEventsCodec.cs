using Pipeline.Schemas.Wire;

namespace Pipeline.Schemas.Records;

/// <summary>Writes and reads the payload of <see cref="PayloadKind.LangfuseEvents"/>.</summary>
public static class LangfuseEventsCodec
{
    private const int EventsField = 1;
    private const int IdField = 1;
    private const int TypeField = 2;
    private const int TimestampField = 3;
    private const int BodyField = 4;

    /// <summary>Size of one event inside a payload, tag and length included; sizes of a payload's events add up.</summary>
    public static int SizeOf(in LangfuseEvent item) => ProtoWriter.SizeOfMessage(EventsField, SizeOfFields(item));

    /// <summary>Writes one event.</summary>
    public static void Write(ref ProtoWriter writer, in LangfuseEvent item)
    {
        writer.WriteMessageHeader(EventsField, SizeOfFields(item));
        writer.WriteBytes(IdField, item.Id.Span);
        writer.WriteBytes(TypeField, item.Type.Span);
        writer.WriteNumber(TimestampField, (ulong)item.TimestampMicros);
        writer.WriteBytes(BodyField, item.Body.Span);
    }

    /// <summary>Reads all events of a payload as slices of it.</summary>
    /// <returns>False when the bytes are damaged; <paramref name="events"/> then holds those before the damage.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> payload, List<LangfuseEvent> events)
    {
        var reader = new ProtoReader(payload.Span);
        while (reader.TryReadField())
        {
            if (reader.FieldNumber == EventsField && reader.WireType == ProtoWireType.Bytes)
            {
                if (!TryReadEvent(payload.Slice(reader.ValueStart, reader.ValueLength), out var item))
                {
                    return false;
                }

                events.Add(item);
            }
        }

        return !reader.IsDamaged;
    }

    private static bool TryReadEvent(ReadOnlyMemory<byte> message, out LangfuseEvent item)
    {
        Utf8Text id = default, type = default;
        long timestamp = 0;
        ReadOnlyMemory<byte> body = default;
        var reader = new ProtoReader(message.Span);
        while (reader.TryReadField())
        {
            if (reader.FieldNumber == TimestampField && reader.WireType == ProtoWireType.Varint)
            {
                timestamp = (long)reader.Number;
            }
            else if (reader.WireType == ProtoWireType.Bytes)
            {
                var value = message.Slice(reader.ValueStart, reader.ValueLength);
                switch (reader.FieldNumber)
                {
                    case IdField: id = new Utf8Text(value); break;
                    case TypeField: type = new Utf8Text(value); break;
                    case BodyField: body = value; break;
                    default: break;
                }
            }
        }

        item = new LangfuseEvent(id, type, timestamp, body);
        return !reader.IsDamaged;
    }

    private static int SizeOfFields(in LangfuseEvent item) =>
        ProtoWriter.SizeOfBytes(IdField, item.Id.Length)
        + ProtoWriter.SizeOfBytes(TypeField, item.Type.Length)
        + ProtoWriter.SizeOfNumber(TimestampField, (ulong)item.TimestampMicros)
        + ProtoWriter.SizeOfBytes(BodyField, item.Body.Length);
}
