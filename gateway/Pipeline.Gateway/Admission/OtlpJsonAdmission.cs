using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Pipeline.Schemas.Text;

namespace Pipeline.Gateway.Admission;

/// <summary>Turns OTLP/JSON into the Protobuf message it stands for, token by token, and admits that.</summary>
/// <remarks>Pure and thread-safe; it never throws. Unknown fields are skipped, as the OTLP specification asks.</remarks>
internal static class OtlpJsonAdmission
{
    // Attribute values may nest; deeper than this is no telemetry.
    private const int MaxDepth = 128;

    // Outside of every supported range, so that the span alone is refused and not the request.
    private const ulong NoTime = ulong.MaxValue;

    private static readonly string[] SpanKinds =
        ["SPAN_KIND_UNSPECIFIED", "SPAN_KIND_INTERNAL", "SPAN_KIND_SERVER", "SPAN_KIND_CLIENT", "SPAN_KIND_PRODUCER", "SPAN_KIND_CONSUMER"];

    private static readonly string[] StatusCodes = ["STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR"];

    /// <summary>Admits the spans of a body.</summary>
    /// <param name="received">The body, decompressed, in valid UTF-8.</param>
    internal static OtlpAdmissionResult Admit(ReadOnlyMemory<byte> received)
    {
        var body = BodyEncoding.WithoutByteOrderMark(received);
        var walk = new JsonWalk(body, new TextArena());
        using var message = new GrowingMessage(body.Length);
        try
        {
            if (!walk.Reader.Read() || !WriteMessage(ref walk, OtlpJsonShape.TracesData, message, depth: 0) || walk.Reader.Read())
            {
                return OtlpAdmissionResult.Damaged();
            }
        }
        catch (JsonException)
        {
            return OtlpAdmissionResult.Damaged();
        }

        var result = OtlpProtobufAdmission.Admit(message.Written);
        result.Own(message.Detach());
        return result;
    }

    private static bool WriteMessage(ref JsonWalk walk, OtlpJsonShape shape, GrowingMessage message, int depth)
    {
        if (walk.Reader.TokenType != JsonTokenType.StartObject || depth > MaxDepth)
        {
            return false;
        }

        while (walk.Reader.Read() && walk.Reader.TokenType != JsonTokenType.EndObject)
        {
            var isKnown = shape.TryFind(walk.Name(), out var field);
            walk.Reader.Read();
            if (!isKnown || walk.Reader.TokenType == JsonTokenType.Null)
            {
                walk.SkipValue(MaxDepth);
                continue;
            }

            if (!field.IsRepeated)
            {
                if (!WriteField(ref walk, field, message, depth))
                {
                    return false;
                }

                continue;
            }

            if (walk.Reader.TokenType != JsonTokenType.StartArray)
            {
                return false;
            }

            while (walk.Reader.Read() && walk.Reader.TokenType != JsonTokenType.EndArray)
            {
                if (!WriteField(ref walk, field, message, depth))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static bool WriteField(ref JsonWalk walk, in OtlpJsonField field, GrowingMessage message, int depth)
    {
        switch (field.Type)
        {
            case OtlpJsonType.Message:
                var mark = message.StartMessage(field.Number);
                var isWhole = WriteMessage(ref walk, field.Shape!, message, depth + 1);
                message.EndMessage(mark);
                return isWhole;
            case OtlpJsonType.Text:
                return WriteText(ref walk, field.Number, message);
            case OtlpJsonType.Id:
                WriteId(ref walk, field.Number, message);
                return true;
            case OtlpJsonType.Base64:
                return WriteBase64(ref walk, field.Number, message);
            case OtlpJsonType.Bool:
                message.WriteNumber(field.Number, walk.Reader.TokenType == JsonTokenType.True ? 1UL : 0UL);
                return walk.Reader.TokenType is JsonTokenType.True or JsonTokenType.False;
            case OtlpJsonType.Int64:
                return WriteIntegerOrText(ref walk, field.Number, message);
            case OtlpJsonType.Double:
                return WriteDouble(ref walk, field.Number, message);
            case OtlpJsonType.SpanKind:
                return WriteName(ref walk, field.Number, SpanKinds, message);
            case OtlpJsonType.StatusCode:
                return WriteName(ref walk, field.Number, StatusCodes, message);
            default:
                return WriteInteger(ref walk, field, message);
        }
    }

    // A number or boolean where text belongs keeps its spelling: writing it as what it is would make a field that no reader knows.
    private static bool WriteText(ref JsonWalk walk, int field, GrowingMessage message)
    {
        switch (walk.Reader.TokenType)
        {
            case JsonTokenType.String: message.WriteBytes(field, walk.Text().Span); return true;
            case JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False: message.WriteBytes(field, walk.Reader.ValueSpan); return true;
            default: return false;
        }
    }

    // What is no id becomes an empty one, so that its span alone is refused and not the request.
    private static void WriteId(ref JsonWalk walk, int field, GrowingMessage message)
    {
        Span<byte> id = stackalloc byte[OtlpFields.TraceIdLength];
        message.WriteBytes(field, id[..OtlpJsonId.Read(ref walk, id)]);
    }

    // Protobuf's JSON allows both alphabets, with or without padding.
    private static bool WriteBase64(ref JsonWalk walk, int field, GrowingMessage message)
    {
        if (walk.Reader.TokenType != JsonTokenType.String)
        {
            return false;
        }

        var text = walk.Text().ToString().Replace('+', '-').Replace('/', '_').TrimEnd('=');
        var bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (Base64Url.DecodeFromChars(text, bytes, out _, out var length) != OperationStatus.Done)
        {
            return false;
        }

        message.WriteBytes(field, bytes.AsSpan(0, length));
        return true;
    }

    private static bool WriteInteger(ref JsonWalk walk, in OtlpJsonField field, GrowingMessage message)
    {
        var isRead = OtlpJsonInteger.TryRead(ref walk, isSigned: false, out var number);
        switch (field.Type)
        {
            case OtlpJsonType.Fixed64: message.WriteFixed64(field.Number, isRead ? number : NoTime); return true;
            case OtlpJsonType.Fixed32: message.WriteFixed32(field.Number, (uint)number); return isRead;
            default: message.WriteNumber(field.Number, number); return isRead;
        }
    }

    // A value that is no integer after all is kept as text: refusing it would cost the whole request, rounding it would change it.
    private static bool WriteIntegerOrText(ref JsonWalk walk, int field, GrowingMessage message)
    {
        var start = walk.Reader.TokenStartIndex;
        var isText = walk.Reader.TokenType == JsonTokenType.String;
        if (OtlpJsonInteger.TryRead(ref walk, isSigned: true, out var number))
        {
            message.WriteNumber(field, number);
        }
        else
        {
            message.WriteBytes(OtlpFields.AnyValueString, isText ? walk.Text().Span : walk.SliceFrom(start).Span);
        }

        return true;
    }

    private static bool WriteDouble(ref JsonWalk walk, int field, GrowingMessage message)
    {
        var text = walk.Reader.TokenType == JsonTokenType.String ? walk.Text().ToString() : Encoding.UTF8.GetString(walk.Reader.ValueSpan);
        double? number = text switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed) ? parsed : null,
        };
        if (walk.Reader.TokenType is not (JsonTokenType.Number or JsonTokenType.String) || number is null)
        {
            return false;
        }

        message.WriteFixed64(field, BitConverter.DoubleToUInt64Bits(number.Value));
        return true;
    }

    private static bool WriteName(ref JsonWalk walk, int field, string[] names, GrowingMessage message)
    {
        if (walk.Reader.TokenType == JsonTokenType.Number)
        {
            message.WriteNumber(field, walk.Reader.TryGetUInt32(out var number) ? number : 0);
            return true;
        }

        if (walk.Reader.TokenType != JsonTokenType.String)
        {
            return false;
        }

        var position = Array.IndexOf(names, walk.Text().ToString());
        message.WriteNumber(field, (ulong)Math.Max(position, 0));
        return true;
    }
}
